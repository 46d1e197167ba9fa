/** ISO 8601 times as the partners take them: with a zone, and a date that exists. */
const ZONED =
  /^(\d{4})-(\d{2})-(\d{2})([T ])([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)$/;

/**
 * True for `2026-09-01T12:00:00Z` and the like. `separators` lists what may stand between date and time: Arthur's client
 * writes `T`, a Python datetime sent by Fiddler's leaves with a space.
 */
export function isZonedTime(text: string, separators: 'T' | 'T or space'): boolean {
  const match = ZONED.exec(text);
  if (match === null) return false;
  const [, year, month, day, separator] = match;
  if (separator === ' ' && separators === 'T') return false;
  return dateExists(Number(year), Number(month), Number(day));
}

/** `Date` rolls 30 February over into March instead of refusing it. */
export function dateExists(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
