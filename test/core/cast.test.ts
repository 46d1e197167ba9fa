import { castValue } from '../../src/core/cast';
import type { ColumnType } from '../../src/core/column-plan';
import type { Value } from '../../src/core/types';
import { toJson } from '../../src/core/value';
import { number } from '../support/inferences';

const cast = (value: Value, type: ColumnType): string => {
  const result = castValue(value, type);
  return result.ok ? `${toJson(result.value)}${result.nulled ? ' nulled' : ''}` : `refused: ${result.found}`;
};

describe('casting to a column type', () => {
  test.each<[Value, ColumnType, string]>([
    [number('1.50'), 'number', '1.50'],
    ['134', 'number', '134'],
    [' 2.5 ', 'number', '2.5'],
    ['007', 'number', '7'],
    ['NaN', 'number', 'null nulled'],
    ['-inf', 'number', 'null nulled'],
    ['', 'number', 'null nulled'],
    ['Adelie', 'number', 'refused: text that is no number'],
    [true, 'number', '1'],
    [[], 'number', 'refused: a list'],
    [number('181.0'), 'integer', '181'],
    [number('1.5'), 'integer', 'refused: a number that is not whole'],
    [number('12345678901234567890'), 'integer', '12345678901234567890'],
    [number('1e3'), 'integer', '1000'],
    [number('00501'.slice(2)), 'string', '"501"'],
    [number('1.50'), 'string', '"1.50"'],
    [false, 'string', '"false"'],
    [new Map([['a', number('1.0')]]), 'string', '"{\\"a\\":1.0}"'],
    ['True', 'boolean', 'true'],
    [number('0'), 'boolean', 'false'],
    ['maybe', 'boolean', 'refused: text'],
    [null, 'number', 'null'],
    ['+12345678901234567890', 'number', '12345678901234567890'],
    ['0012345678901234567890', 'number', '12345678901234567890'],
    ['.5', 'number', '0.5'],
    ['-.50', 'number', '-0.50'],
    ['1.', 'number', '1'],
    ['.', 'number', 'refused: text that is no number'],
    [number('0.99999999999999999999'), 'integer', 'refused: a number that is not whole'],
  ])('%j as %s is %s', (value, type, expected) => {
    expect(cast(value, type)).toBe(expected);
  });

  test('answers at once for a megabyte of digits, whatever stands behind them', () => {
    expect(cast(`${'1'.repeat(1_000_000)}x`, 'number')).toBe('refused: text that is no number');
    expect(cast(`${'1'.repeat(1_000)}x`, 'number')).toBe('refused: text that is no number');
  });
});
