/** `schedule` of a shadow test: Schedule of CreateInferenceExperiment. */
export interface ShadowSchedule {
  readonly start?: string | undefined;
  readonly end: string;
}

// "minimum 1 hour and maximum 30 days" (SageMaker Developer Guide, "Create a shadow test").
const MIN_DURATION_MS = 3_600_000;
const MAX_DURATION_MS = 30 * 24 * 3_600_000;

// A time without zone would mean one thing here and another at SageMaker.
const ZONED = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;
const FORM = 'must be an ISO 8601 time with a zone, as 2026-12-01T09:00:00Z or 2026-12-01T10:00:00+01:00';

interface ScheduleProblem {
  readonly key: 'start' | 'end';
  readonly problem: string;
}

/** Pure: no clock, so a synthesis gives the same tomorrow; a time that has passed is SageMaker's to refuse. */
export function scheduleProblems({ start, end }: ShadowSchedule): ScheduleProblem[] {
  const [startMs, endMs] = [start === undefined ? null : timeMs(start), timeMs(end)];
  const malformed: ScheduleProblem[] = [];
  if (Number.isNaN(startMs)) malformed.push({ key: 'start', problem: FORM });
  if (Number.isNaN(endMs)) malformed.push({ key: 'end', problem: FORM });
  if (malformed.length > 0 || startMs === null) return malformed;
  const bound = durationBound(endMs - startMs);
  return bound === null ? [] : [{ key: 'end', problem: `must be ${bound} schedule.start (${start})` }];
}

function durationBound(durationMs: number): string | null {
  if (durationMs <= 0) return 'after';
  if (durationMs < MIN_DURATION_MS) return 'at least 1 hour after';
  return durationMs > MAX_DURATION_MS ? 'at most 30 days after' : null;
}

/** In UTC, without fractions of a second: one text for one moment. */
export const scheduleText = (time: string): string => new Date(timeMs(time)).toISOString().replace(/\.\d+Z$/, 'Z');

function timeMs(text: string): number {
  const [, year, month, day] = ZONED.exec(text) ?? [];
  // Date.parse takes February 31st for March 3rd.
  const isDay = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
  return isDay ? Date.parse(text) : Number.NaN;
}
