import { guessType } from '../../../src/cli/init/column-type';
import { ObservedSide } from '../../../src/cli/init/observed-columns';
import { NumberToken, type Value } from '../../../src/core/types';

const number = (text: string): NumberToken => new NumberToken(text);

function guess(...values: readonly Value[]): ReturnType<typeof guessType> {
  const side = new ObservedSide('input');
  for (const value of values) side.addNamed(new Map([['x', value]]));
  const [column] = side.namedColumns();
  if (column === undefined) throw new Error('no column');
  return guessType(column);
}

test.each<[string, Value[], string | null, RegExp | null]>([
  ['numbers', [number('1'), number('2.5'), null], 'number', null],
  ['texts', ['a', 'b', null], 'string', null],
  ['true and false', [true, false], 'boolean', null],
  ['numbers and numeric texts', [number('0.95'), '0.46'], 'number', /^drift: 1 number\(s\), 1 numeric/],
  ['numbers and NaN texts', [number('1'), 'NaN'], 'number', /become null/],
  ['numbers and other texts', [number('0'), 'Adelie', '0'], 'string', /^drift/],
  ['numeric texts alone', ['007', '501'], 'string', /write number if it is one/],
  ['NaN alone', ['NaN', 'nan'], null, /only empty texts or NaN/],
  ['nulls alone', [null], null, /only nulls/],
  ['lists', [[number('1')]], null, /lists or objects/],
  ['lists and numbers', [[number('1')], number('1')], null, /^drift/],
  ['booleans and numbers', [true, number('1')], null, /^drift/],
])('%s are guessed from every value', (_, values, type, remark) => {
  const guessed = guess(...values);

  expect(guessed.type).toBe(type);
  if (remark === null) expect(guessed.remark).toBeNull();
  else expect(guessed.remark).toMatch(remark);
});
