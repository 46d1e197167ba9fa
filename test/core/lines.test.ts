import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { LineSplitter } from '../../src/core/lines';
import type { Line } from '../../src/core/types';

function split(bytes: Buffer, cuts: readonly number[], maxLineBytes = 1000) {
  const splitter = new LineSplitter(maxLineBytes);
  const lines: { number: number; byteOffset: number; byteLength: number; text: string | null }[] = [];
  const take = (made: Iterable<Line>): void => {
    for (const { bytes: kept, end: _, ...rest } of made) lines.push({ ...rest, text: kept?.toString('utf8') ?? null });
  };
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    take(splitter.push(bytes.subarray(from, cut)));
    from = cut;
  }
  take(splitter.end());
  return lines;
}

describe('LineSplitter', () => {
  test('gives lines with number, byte offset and length, the last one without newline too', () => {
    expect(split(Buffer.from('ab\n\ncd'), [])).toEqual([
      { number: 1, byteOffset: 0, byteLength: 2, text: 'ab' },
      { number: 2, byteOffset: 3, byteLength: 0, text: '' },
      { number: 3, byteOffset: 4, byteLength: 2, text: 'cd' },
    ]);
  });

  test('begun at any line gives the same lines from there on, and the same checksum of all bytes before', () => {
    const bytes = Buffer.from('erste\r\n\n\u00e4\u2028x\n{"a":1}\nlast');
    const from = (start?: { line: number; byteOffset: number; crc: number }, chunk = 3): Line[] => {
      const splitter = new LineSplitter(1000, start);
      const made: Line[] = [];
      for (let at = start?.byteOffset ?? 0; at < bytes.length; at += chunk)
        for (const line of splitter.push(bytes.subarray(at, at + chunk)))
          made.push({ ...line, bytes: Buffer.from(line.bytes ?? []) });
      return [...made, ...splitter.end()];
    };
    const whole = from();

    whole.forEach(({ number, end }, at) => {
      expect(end.crc).toBe(crc32(bytes.subarray(0, end.byteOffset)));
      expect(from({ line: number + 1, ...end }, 2)).toEqual(whole.slice(at + 1));
    });
  });

  test('strips one carriage return and keeps the offset of the next line right', () => {
    expect(split(Buffer.from('a\r\nb\r\r\nc'), []).map((line) => [line.text, line.byteOffset])).toEqual([
      ['a', 0],
      ['b\r', 3],
      ['c', 7],
    ]);
  });

  test('does not split at a lone carriage return, nor at U+2028 and U+2029', () => {
    expect(split(Buffer.from('a\rb\u2028c\u2029d\n'), []).map((line) => line.text)).toEqual(['a\rb\u2028c\u2029d']);
  });

  test('passes over a line that is too long, says its length, and goes on with the next', () => {
    const lines = split(Buffer.from(`${'x'.repeat(50)}\nok\n${'y'.repeat(11)}`), [7, 20], 10);

    expect(lines).toEqual([
      { number: 1, byteOffset: 0, byteLength: 50, text: null },
      { number: 2, byteOffset: 51, byteLength: 2, text: 'ok' },
      { number: 3, byteOffset: 54, byteLength: 11, text: null },
    ]);
  });

  test('keeps a line of exactly the limit, with its carriage return beyond it', () => {
    expect(split(Buffer.from('1234567890\r\n'), [10, 11], 10).map((line) => line.text)).toEqual(['1234567890']);
  });

  test('gives the same lines wherever the bytes are cut', () => {
    const text = fc
      .array(fc.constantFrom('a', '\n', '\r', 'é', '😀', '\u2028', '"'), { maxLength: 60 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 8 }), (whole, cuts) => {
        const bytes = Buffer.from(whole);
        const places = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);

        expect(split(bytes, places, 12)).toEqual(split(bytes, [], 12));
      }),
    );
  });
});
