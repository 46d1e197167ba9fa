/** SQS, "Amazon SQS message timers": a message may be delayed by 15 minutes at most. */
const MAX_DELAY_S = 900;

/** The first wait of a file: longer than what a run rides out by itself is seldom needed. */
const FIRST_DELAY_S = 5;

/** Its own growth ends here, so that the jitter on top still spreads files that have waited for hours. */
const MAX_GROWN_S = 750;
const JITTER = 0.2;

/**
 * For how many whole seconds a file's message is put back, after `earlierWaits` in a row: as long as was asked
 * for, or 5, 10, 20 … 750 s where that is more. Doubling, because an outage that has lasted will last, and each look at
 * it costs an invocation. Up to a fifth is added, never taken off: a backlog that was put back together must not come
 * back together. Never more than the 900 s that SQS takes; a longer wait is asked for again by whoever meets it then.
 */
export function growingDelaySeconds(earlierWaits: number, askedMs: number | null, random: () => number): number {
  const grownS = Math.min(MAX_GROWN_S, FIRST_DELAY_S * 2 ** earlierWaits);
  const askedS = askedMs !== null && askedMs > 0 ? askedMs / 1_000 : 0;
  const waitS = Math.max(askedS, grownS);
  return Math.min(MAX_DELAY_S, Math.ceil(waitS * (1 + JITTER * random())));
}
