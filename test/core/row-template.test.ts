import { encodeRow, slot } from '../../src/core/row-template';
import { columns, inference, number } from '../support/inferences';

const encode = (...[template, parts]: [Parameters<typeof encodeRow>[0], Parameters<typeof inference>[0]?]): string => {
  const row = encodeRow(template, inference(parts));
  return row.ok ? row.json : row.code;
};

describe('a row template', () => {
  test('fills its slots and copies numbers as they were captured', () => {
    const template = {
      id: slot('partnerInferenceId'),
      at: slot('inferenceTime'),
      fixed: [1].length,
      data: slot('columns'),
    };

    expect(
      encode(template, {
        inputs: columns({ a: number('1.50'), b: 'x"y' }),
        outputs: columns({ c: number('12345678901234567890') }),
      }),
    ).toBe(
      '{"id":"id-0","at":"2026-09-01T12:00:00Z","fixed":1,"data":{"a":1.50,"b":"x\\"y","c":12345678901234567890}}',
    );
  });

  test('splices columns into the row around them', () => {
    expect(encode({ '...': slot('columns'), event_id: slot('partnerInferenceId') })).toBe(
      '{"age":37,"score":0.50,"event_id":"id-0"}',
    );
  });

  test('writes a missing time and a missing side as they are', () => {
    expect(
      encode(
        { at: slot('inferenceTime'), out: slot('outputs'), all: slot('columns') },
        { inferenceTime: null, outputs: null },
      ),
    ).toBe('{"at":null,"out":null,"all":{"age":37}}');
  });

  test.each([
    [
      'an input and an output',
      { data: slot('columns') },
      { inputs: columns({ score: 1 }), outputs: columns({ score: 2 }) },
    ],
    ['a column and a member of the row', { '...': slot('columns'), age: slot('partnerInferenceId') }, {}],
    ['a member of the row and a column', { age: slot('partnerInferenceId'), '...': slot('columns') }, {}],
  ])('refuses %s of one name, as one of the two would be lost', (_, template, parts) => {
    expect(encode(template, parts)).toBe('NAME_COLLISION');
  });
});
