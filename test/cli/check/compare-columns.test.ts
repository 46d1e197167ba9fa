import { compareColumns, seenColumns, sharedNames } from '../../../src/cli/check/compare-columns';
import { ObservedSide } from '../../../src/cli/init/observed-columns';
import type { ColumnType } from '../../../src/core/column-plan';
import { named, positional } from '../../../src/core/decode/reading';
import type { Value } from '../../../src/core/types';
import { columns, number } from '../../support/inferences';

function observe(...rows: readonly (Readonly<Record<string, Value | number>> | readonly Value[])[]): ObservedSide {
  const side = new ObservedSide('input');
  for (const row of rows)
    side.addRow(Array.isArray(row) ? positional(row) : named(columns(row as Record<string, Value>)));
  return side;
}

function compare(
  names: readonly string[] | null,
  side: ObservedSide,
  types: Record<string, ColumnType> = {},
): string[] {
  const expected = { names, types: new Map(Object.entries(types)) };
  return compareColumns('input', expected, side).map((found) => `${found.severity}: ${found.problem}`);
}

test('says nothing of named rows that hold what is configured', () => {
  expect(compare(['a', 'b'], observe({ a: 1, b: 'x' }), { a: 'number', b: 'string' })).toEqual([]);
});

test('finds columns that no row has, and columns that nobody configured', () => {
  expect(compare(['a', 'b'], observe({ a: 1, c: 1 }))).toEqual([
    'disagrees: missing in every row: b',
    'disagrees: not configured: c',
  ]);
});

test('only notes what some rows lack, and another order of named values', () => {
  expect(compare(['a', 'b'], observe({ b: 1, a: 1 }, { a: 1 }))).toEqual([
    'note: missing in some of 2 rows: b',
    'note: in another order than configured: b, a; names decide, not order',
  ]);
});

test.each([
  [['a'], 'disagrees: extra columns: rows hold 2 values (1 rows), and 1 names are configured'],
  [['a', 'b', 'c'], 'disagrees: missing columns: rows hold 2 values (1 rows), and 3 names are configured'],
])('counts the values of rows without names against %j', (names, problem) => {
  expect(compare(names, observe([number('1'), number('2')]))).toEqual([problem]);
});

test('finds values that the configured type refuses, under the configured name', () => {
  const side = observe([number('1'), 'x'], [number('2'), number('3')]);

  expect(compare(['a', 'b'], side, { a: 'number', b: 'number' })).toEqual([
    'disagrees: b is number in the configuration; the sample holds 1 number(s), 1 text(s)',
  ]);
});

test('notes drift in columns without a type', () => {
  expect(compare(null, observe({ a: 1 }, { a: 'x' }))).toEqual(['note: a: drift: 1 number(s), 1 text(s)']);
});

test('finds names that stand on both sides', () => {
  const inputs = seenColumns(['age', 'score'], observe([number('1'), number('2')]));
  const outputs = seenColumns(null, observe({ score: 1, label: 'x' }));

  expect(sharedNames(inputs, outputs)).toEqual(['score']);
});
