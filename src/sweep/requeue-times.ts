import { HOUR_MS } from './hours';

/**
 * When a file that should have come is sent for: as soon as it is found, again after 2, 4, 8 and 16 hours, then once a
 * day. Its first message may only be waiting, in a queue that an outage filled: a message an hour for every file of an
 * outage would bury the queue.
 */
const AGAIN_AFTER_MS = [0, 2, 4, 8, 16].map((hours) => hours * HOUR_MS);
const DAY_MS = 24 * HOUR_MS;

/**
 * Whether one of those times passed since the last look. Remembers nothing about a file: what was due at the last look
 * was sent then.
 */
export function isDue(dueMs: number, lastLookMs: number | null, nowMs: number): boolean {
  const age = nowMs - dueMs;
  if (age < 0) return false;
  if (lastLookMs === null) return true;
  const ageThen = lastLookMs - dueMs;
  return roundsAt(age) > roundsAt(ageThen);
}

/** How many of those times lie at or before this age. */
function roundsAt(ageMs: number): number {
  return AGAIN_AFTER_MS.filter((at) => at <= ageMs).length + Math.max(0, Math.floor(ageMs / DAY_MS));
}
