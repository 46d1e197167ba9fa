import * as fc from 'fast-check';
import { parseJson, parseJsonLines } from '../../../src/core/decode/json-text';
import { toJson } from '../../../src/core/value';

describe('JSON text', () => {
  test('agrees with JSON.parse on every document JSON.parse takes', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const result = parseJson(text, 64);
        // Repeated names are the one thing JSON.parse takes and this does not.
        if (!result.ok) return expect(result.code).toBe('DUPLICATE_NAME');
        expect(JSON.parse(toJson(result.value))).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  test('refuses what JSON.parse refuses, apart from NaN and Infinity', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      'a',
      '"a"',
      '1',
      '-',
      '0',
      '.',
      'e5',
      'true',
      'nul',
      ' ',
      '\n',
      '\\',
      '\\u00e9',
      '\u0001',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 9 }), (parts) => {
        const text = parts.join('');
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        const result = parseJson(text, 64);
        expect(result.ok || result.code === 'DUPLICATE_NAME').toBe(isJson);
      }),
      { numRuns: 3000 },
    );
  });

  test.each(['1.50', '-0', '12345678901234567890', '1e5', '1E400', '0.10'])('keeps the text of %s', (number) => {
    const result = parseJson(`{"a": [${number}]}`, 64);

    expect(result.ok && toJson(result.value)).toBe(`{"a":[${number}]}`);
  });

  test('reads bare NaN and Infinity as null and counts them', () => {
    const result = parseJson('[NaN, Infinity, -Infinity, 1]', 64);

    expect(result.ok && [toJson(result.value), result.nonFinite]).toEqual(['[null,null,null,1]', 3]);
  });

  test.each(['+1', '.5', '1.', '01', '0x1F', '1_000', 'nan', "{'a':1}", '{"a":1,}', '[1 2]', '"\u0001"', '"\\x"', ''])(
    'refuses %j',
    (text) => {
      expect(parseJson(text, 64)).toMatchObject({ ok: false, code: 'MALFORMED_JSON' });
    },
  );

  test('stops at the depth it is given, long before the stack ends', () => {
    expect(parseJson('[[1]]', 2).ok).toBe(true);
    expect(parseJson('[[[1]]]', 2)).toMatchObject({ ok: false, code: 'NESTING_TOO_DEEP' });
    expect(parseJson('['.repeat(1_000_000), 64)).toMatchObject({ ok: false, code: 'NESTING_TOO_DEEP' });
  });

  test('takes JSON Lines with blank lines and any ending, and nothing when one line is bad', () => {
    expect(parseJsonLines('{"a":1}\r\n\n{"a":2}', 64)?.values).toHaveLength(2);
    expect(parseJsonLines('{"a":1}\n{"a"', 64)).toBeNull();
  });
});
