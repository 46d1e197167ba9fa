import { checkSample, type CheckedSide } from '../../../src/cli/check/check-sample';
import { lookAtConfig } from '../../../src/cli/check/check-config';
import { parseModelConfig } from '../../../src/config/model-config';
import type { CaptureEvent } from '../../../src/core/types';
import { captureFileText, csv, FILE, json } from '../../support/capture-events';
import { inChunks } from '../../support/chunks';

const ARTHUR = { type: 'arthur', host: 'https://a.example', modelId: 'm', token: { env: 'T' } };

function check(events: readonly Partial<CaptureEvent>[], config: object = {}, more = ''): Promise<CheckedSide> {
  const bytes = Buffer.from(captureFileText(events) + more);
  const inputs = [{ file: FILE, bytes: () => inChunks(bytes, 1 << 10), byteLength: bytes.length }];
  return checkSample(parseModelConfig({ model: 'm', sinks: [{ type: 'file', path: '.' }], ...config }), inputs);
}

const said = ({ findings }: CheckedSide): string[] =>
  findings.map((found) => `${found.severity} ${found.key ?? ''}: ${found.problem}`);

test('finds nothing in a sample that is as configured', async () => {
  const checked = await check([{}], { input: { columns: ['a', 'b'] }, output: { columns: ['score'] } });

  expect([said(checked), checked.view.inferences]).toEqual([[], 1]);
});

test('counts rejections by code, with the place of the first', async () => {
  const checked = await check([{}, { input: csv('1\n2') }, { input: csv('1\n2') }], {}, 'torn\n');

  expect(said(checked)).toEqual([
    expect.stringMatching(/^disagrees : COUNT_MISMATCH 2 time\(s\), first at line 2 of s3:\/\/captures\/p\/churn/),
    expect.stringMatching(/^disagrees : MALFORMED_LINE 1 time\(s\), first at line 4 of /),
  ]);
});

test('counts nulls and NaN by column, and values that became null', async () => {
  const checked = await check([{ input: csv('NaN,') }, { input: csv('1,2') }], {
    input: { columns: [{ name: 'a', type: 'number' }, 'b'] },
  });
  const [a, b] = checked.view.sides.input.positionalColumns();

  expect([a?.noNumberTexts, b?.nulls, checked.view.nulled]).toEqual([1, 1, 1]);
  expect(said(checked)).toContain('note : 1 value(s) became null: NaN, Infinity, or no number in a number column');
});

test('finds a name that stands on both sides: refused by a partner, kept apart by a file', async () => {
  const events = [{ input: json({ age: 1 }), output: json({ age: 2 }) }];

  expect(said(await check(events))).toEqual([
    'note file: an input and an output are both named age; a file keeps them apart',
  ]);
  expect(said(await check(events, { sinks: [ARTHUR] }))[0]).toMatch(/^disagrees arthur: .*NAME_COLLISION/);
});

test('finds that nothing in a sample is a capture event', async () => {
  expect(said(await check([], {}, '{"groundTruthData":{}}\n'))).toEqual(['disagrees : holds no capture event']);
});

test('finds a name that is configured on both sides without a sample', () => {
  const both = { input: { columns: ['a'] }, output: { columns: ['a'] } };
  const found = (sinks: object[]): unknown[] =>
    lookAtConfig(parseModelConfig({ model: 'm', ...both, sinks })).map((each) => [each.severity, each.key]);

  expect(found([ARTHUR, { type: 'file', path: '.' }])).toEqual([
    ['wrong', 'arthur'],
    ['note', 'file'],
  ]);
});
