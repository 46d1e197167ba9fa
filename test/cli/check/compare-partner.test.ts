import { comparePartner, type OwnColumns } from '../../../src/cli/check/compare-partner';
import type { ColumnPlan, ColumnType } from '../../../src/core/column-plan';

const PARTNER: ColumnPlan = {
  inputs: ['age', 'income'],
  outputs: ['score'],
  types: new Map<string, ColumnType>([
    ['age', 'integer'],
    ['income', 'number'],
  ]),
  known: new Set(['age', 'income', 'score', 'segment']),
};

const own = (names: readonly string[] | null, parts: Partial<OwnColumns> = {}): OwnColumns => ({
  names,
  isNamedByData: false,
  width: null,
  ...parts,
});

function compare(input: OwnColumns, types: Record<string, ColumnType> = {}, partner = PARTNER): string[] {
  const sides = { input, output: own(['score']) };
  return comparePartner('arthur', sides, new Map(Object.entries(types)), partner).map(
    (found) => `${found.severity} ${found.key}: ${found.problem}`,
  );
}

test('says nothing of columns that are the same in the same order', () => {
  expect(compare(own(['age', 'income']), { age: 'integer', income: 'number' })).toEqual([]);
});

test('finds columns that the partner expects, and columns that it does not know', () => {
  expect(compare(own(['age', 'segment', 'zip']))).toEqual([
    "disagrees arthur input: missing: the partner's model expects income",
    "disagrees arthur input: extra: the partner's model does not know zip; they are not delivered",
  ]);
});

test.each([
  [false, 'disagrees'],
  [true, 'note'],
])('of another order, where the data brings names: %s, it %s', (isNamedByData, severity) => {
  expect(compare(own(['income', 'age'], { isNamedByData }))).toEqual([
    `${severity} arthur input: reordered: here income, age; at the partner age, income`,
  ]);
});

test('holds the number of values against the model where nothing names them', () => {
  expect(compare(own(null, { width: 3 }))).toEqual([
    "disagrees arthur input: the sample's rows hold 3 value(s), and the partner's model has 2 column(s) (age, income)",
  ]);
  expect(compare(own(null, { width: 2 }))[0]).toMatch(/^note .*values by position get the partner's 2 names/);
});

test('finds types of ours that would win over the partner where they differ', () => {
  expect(compare(own(['age', 'income']), { age: 'string', income: 'integer' })).toEqual([
    "disagrees arthur age: is string in the configuration and integer in the partner's model",
  ]);
});

test('finds nothing extra where the partner does not say what it knows', () => {
  const silent = { inputs: null, outputs: null, types: new Map<string, ColumnType>(), known: null };

  expect(compare(own(['anything']), {}, silent)).toEqual([]);
});
