import { parseCaptureKey } from '../../src/core/capture-key';
import { holds, mayHold, parseTime, type TimeWindow } from '../../src/replay/time-window';
import { keyAt } from './replay-runs';

const window = (from: string, to: string): TimeWindow => ({
  fromMs: parseTime(from) ?? Number.NaN,
  toMs: parseTime(to) ?? Number.NaN,
});

describe('a time', () => {
  test.each([
    ['2026-09-01', '2026-09-01T00:00:00.000Z'],
    ['2026-09-01T14:30', '2026-09-01T14:30:00.000Z'],
    ['2026-09-01 14:30:05', '2026-09-01T14:30:05.000Z'],
    ['2026-09-01T14:30:05.250Z', '2026-09-01T14:30:05.250Z'],
    ['2026-09-01T14:30:00+02:00', '2026-09-01T12:30:00.000Z'],
    ['2026-09-01T14:30-0530', '2026-09-01T20:00:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
  ])('%s is %s, in UTC when it says nothing else', (text, iso) => {
    expect(new Date(parseTime(text) ?? Number.NaN).toISOString()).toBe(iso);
  });

  test.each([
    '',
    'yesterday',
    '2026',
    '2026-9-1',
    '2026-02-30',
    '2026-13-01',
    '2026-09-01T25:00',
    '2026-09-01T14',
    '1756684800',
  ])('%j is none', (text) => {
    expect(parseTime(text)).toBeNull();
  });
});

describe('a window', () => {
  const day = window('2026-09-01T10:00Z', '2026-09-01T12:00Z');

  test('holds its first moment and not its last', () => {
    const at = (text: string): boolean => holds(day, parseTime(text) ?? Number.NaN);

    expect(
      ['2026-09-01T09:59:59.999Z', '2026-09-01T10:00:00Z', '2026-09-01T11:59:59Z', '2026-09-01T12:00:00Z'].map(at),
    ).toEqual([false, true, true, false]);
  });

  test.each([
    ['01/08/59-59', false],
    ['01/09/00-00', true],
    ['01/10/00-00', true],
    ['01/11/59-59', true],
    ['01/12/00-00', false],
  ])('may have events in a file of %s: %s', (at, expected) => {
    const key = parseCaptureKey(keyAt(at));

    expect(key !== null && mayHold(day, key)).toBe(expected);
  });

  test('that begins within an hour reads the hour before, for a file that was opened at its end', () => {
    const key = parseCaptureKey(keyAt('01/09/59-30'));

    expect(key !== null && mayHold(window('2026-09-01T10:30Z', '2026-09-01T10:31Z'), key)).toBe(true);
  });
});
