/**
 * The numbers of one work (a capture file and a sink), and the promise they keep:
 * captured = delivered + quarantined + skipped + in flight. A line or event that cannot be decoded counts as one.
 */
export interface TallyCounts {
  /** Lines that hold anything; = events + rejected lines + skipped lines. */
  lines: number;
  events: number;
  rejectedLines: number;
  skippedLines: number;
  captured: number;
  delivered: number;
  /** Part of `delivered` the partner has taken over and not confirmed. */
  accepted: number;
  quarantined: number;
  skipped: number;
  inFlight: number;
  /** Caller-supplied inference ids that came again within the last 10,000 events. */
  repeatedIds: number;
  /** Values that became null because a number was not finite or was no number. */
  nulled: number;
  /** Inferences without a time of their own that were sent with the file's. */
  keyTimes: number;
  requests: number;
  retries: number;
}

export function emptyTally(): TallyCounts {
  return {
    lines: 0,
    events: 0,
    rejectedLines: 0,
    skippedLines: 0,
    captured: 0,
    delivered: 0,
    accepted: 0,
    quarantined: 0,
    skipped: 0,
    inFlight: 0,
    repeatedIds: 0,
    nulled: 0,
    keyTimes: 0,
    requests: 0,
    retries: 0,
  };
}

export function addTally(sum: TallyCounts, more: Readonly<TallyCounts>): void {
  for (const name of Object.keys(sum) as (keyof TallyCounts)[]) sum[name] += more[name];
}

/** What is missing from the equations; empty when they hold. Anything in it is a bug of ours. */
export function imbalance(tally: Readonly<TallyCounts>): string[] {
  const problems: string[] = [];
  const units = tally.events + tally.rejectedLines + tally.skippedLines;
  if (tally.lines !== units)
    problems.push(
      `${tally.lines} lines are not ${tally.events} events + ${tally.rejectedLines} rejected + ${tally.skippedLines} skipped`,
    );
  // An event that yields nothing at all would balance below: it is not captured, so nobody would miss it.
  if (tally.captured < tally.events + tally.rejectedLines)
    problems.push(
      `${tally.events} events and ${tally.rejectedLines} rejected lines are more than ${tally.captured} captured: each counts for at least one`,
    );
  const accounted = tally.delivered + tally.quarantined + tally.skipped + tally.inFlight;
  if (tally.captured !== accounted) {
    problems.push(
      `${tally.captured} captured are not ${tally.delivered} delivered + ${tally.quarantined} quarantined + ${tally.skipped} skipped + ${tally.inFlight} in flight`,
    );
  }
  return problems;
}
