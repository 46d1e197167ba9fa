import type { Clock } from '../core/deliver';

/** The same clock for one write: a store that is away must not hold a run, and what it costs, until its very end. */
export function patient(clock: Clock, patienceMs: number): Clock {
  const { nowMs, sleep, random } = clock;
  return { nowMs, sleep, random, deadlineMs: Math.min(clock.deadlineMs, nowMs() + patienceMs) };
}

/** Nothing is sent before a claim, so nothing is lost by asking again later. */
export const CLAIM_PATIENCE_MS = 10_000;

/** What is not on record may be sent again: worth some more. */
export const SAVE_PATIENCE_MS = 30_000;
