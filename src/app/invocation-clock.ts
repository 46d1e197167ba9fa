import type { Clock } from '../core/deliver';

/** A Lambda's time, cut into parts: so that what was sent can be heard out, and what was heard be written down. */
export interface InvocationTimes {
  /** All on the scale of `nowMs`. No line is read from then on. */
  readonly readUntilMs: number;
  /** Open requests are cut. */
  readonly sendUntilMs: number;
  /** The last write to the state store is given up. */
  readonly writeUntilMs: number;
  /** Lambda ends the process. */
  readonly endMs: number;
}

/** To write the last progress, hand over, log and answer. */
const WRITE_MARGIN_MS = 3_000;
const ANSWER_MARGIN_MS = 500;

/** Sinks answer in some 100 ms; a slow one gets a fifth of the time, at most 15 s, to answer what is open. */
const HEAR_OUT_MS = 15_000;

export function invocationTimes(nowMs: number, remainingMs: number): InvocationTimes {
  const endMs = nowMs + remainingMs;
  const sendUntilMs = Math.max(nowMs, endMs - WRITE_MARGIN_MS);
  const hearOutMs = Math.min(HEAR_OUT_MS, (sendUntilMs - nowMs) / 5);
  return {
    readUntilMs: sendUntilMs - hearOutMs,
    sendUntilMs,
    writeUntilMs: Math.max(nowMs, endMs - ANSWER_MARGIN_MS),
    endMs,
  };
}

/** One clock for what lives longer than an invocation: its deadline is that of the invocation under way. */
export class LastingClock implements Clock {
  deadlineMs = 0;
  readonly nowMs = (): number => performance.now();
  readonly random = Math.random;
  readonly sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
}
