import { maskPayload } from '../../src/sinks/mask-payload';
import { columns, inference } from '../support/inferences';

const row = inference({
  inputs: columns({ name: 'Jane Roe', age: 37, note: 'likes "red" cars', nested: new Map([['city', 'Genf']]) }),
  outputs: columns({ label: 'Adelie' }),
});

describe("a partner's error message", () => {
  test.each([
    ['attribute "age": expected STRING, got 37', 'attribute "age": expected STRING, got …'],
    ["value 'Jane Roe' is not allowed for name", "value '…' is not allowed for name"],
    ['Adelie.', '….'],
    ['repr \\"Jane Roe\\" a/Roe x|Jane Jane-x roe2', 'repr \\"…" a/… x|… …-x ……'],
    ['37.0 is no INTEGER, nor is 3.7e+01', '….… is no INTEGER, nor is …'],
    [`${'long words '.repeat(18)}Jane Roe`, `${'long words '.repeat(18)}…`],
    ['city=Genf; cars', 'city=…; …'],
    ['unknown attribute: shoe_size', 'unknown attribute: shoe_size'],
    ['  two\n lines ', 'two lines'],
  ])('%j becomes %j: column names stay, values go', (message, expected) => {
    expect(maskPayload(message, [row])).toBe(expected);
  });

  test('is cut, and a long word in it is no word', () => {
    expect(maskPayload(`token ${'x'.repeat(61)} ${'y '.repeat(300)}`, [row])).toMatch(/^token … y y/);
    expect(maskPayload('z'.repeat(5_000), [row]).length).toBeLessThan(201);
  });
});
