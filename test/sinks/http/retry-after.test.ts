import { retryAfterMs } from '../../../src/sinks/http/retry-after';

const NOW = Date.parse('2026-09-01T12:00:00Z');

describe('Retry-After', () => {
  test.each([
    ['3', 3_000],
    ['0', 0],
    ['Tue, 01 Sep 2026 12:00:05 GMT', 5_000],
    ['Tuesday, 01-Sep-26 12:00:05 GMT', 5_000],
    ['Tue, 01 Sep 2026 11:00:00 GMT', 0],
    ['999999', 3_600_000],
    ['soon', null],
    ['-1', null],
    ['', null],
    [undefined, null],
  ])('%j means %j', (header, expected) => {
    expect(retryAfterMs(header, NOW)).toBe(expected);
  });
});
