import * as fc from 'fast-check';
import { decodeCsv } from '../../../src/core/decode/csv';
import { NumberToken, type Value } from '../../../src/core/types';

const plain = (value: Value): unknown => (value instanceof NumberToken ? { number: value.text } : value);
const rows = (text: string): unknown => {
  const result = decodeCsv(text);
  return result.ok ? result.rows.map((row) => row.map(plain)) : result.code;
};

describe('CSV', () => {
  test.each([
    ['1,a', [[{ number: '1' }, 'a']]],
    ['1,a\n', [[{ number: '1' }, 'a']]],
    [
      '\n\r\n1,a\r\n2,b',
      [
        [{ number: '1' }, 'a'],
        [{ number: '2' }, 'b'],
      ],
    ],
    ['a,,"",b', [['a', null, '', 'b']]],
    ['"x,y","say ""hi""","two\r\nlines"\n', [['x,y', 'say "hi"', 'two\r\nlines']]],
    ['"5",5', [['5', { number: '5' }]]],
    ['a\n\nb', [['a'], [null], ['b']]],
    ['1,2,\n', [[{ number: '1' }, { number: '2' }, null]]],
    ['"a",\n', [['a', null]]],
    ['', []],
    ['\n\n', []],
    ['\uFEFF1', [[{ number: '1' }]]],
  ])('%j is read', (text, expected) => {
    expect(rows(text)).toEqual(expected);
  });

  test.each(['"a', 'a"b', '"a"b,c', 'x,"y" ,z', '"a\n'])('%j is refused, as its quotes fit no cell', (text) => {
    expect(rows(text)).toBe('MALFORMED_CSV');
  });

  test.each([
    ['1.50', true],
    ['-1', true],
    ['0', true],
    ['-0', true],
    ['12345678901234567890', true],
    ['1e-05', true],
    ['1e+20', true],
    ['1.0E5', true],
    ['9.1e-05', true],
    ['007', false],
    ['1e5', false],
    ['+1', false],
    ['.5', false],
    ['1.', false],
    ['0x1F', false],
    ['NaN', false],
    ['inf', false],
    [' 1', false],
    ['1 ', false],
    ['-', false],
    ['1,5'.replace(',', '_'), false],
  ])('the cell %s is a number: %s', (cell, isNumber) => {
    expect(rows(cell)).toEqual([[isNumber ? { number: cell } : cell]]);
  });

  test('any cells written by RFC 4180 come back, wherever quotes were needed', () => {
    const cell = fc.string({ maxLength: 8 }).map((text) => text.replaceAll('\r', ''));
    const written = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 4 }), (table) => {
        expect(rows(table.map((row) => row.map(written).join(',')).join('\r\n'))).toEqual(table);
      }),
    );
  });

  test('a cell of a megabyte in quotes is read', () => {
    const long = 'word, "quoted" '.repeat(70_000);

    expect(rows(`"${long.replaceAll('"', '""')}",1`)).toEqual([[long, { number: '1' }]]);
  });
});
