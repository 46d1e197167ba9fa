import type { ShortEntry } from '../../sweep/ledger-hour';

/** Files in flight that wait for the same reason. */
export interface Waiting {
  /** Null: a run is at work, or a message is on its way; nothing is known to be wrong. */
  readonly code: string | null;
  readonly reason: string;
  readonly files: number;
  /** When the first of them was seen. */
  readonly sinceMs: number;
}

export function waitingIn(entries: readonly ShortEntry[]): Waiting[] {
  return joinWaiting(
    entries
      .filter(({ state }) => state === 'inFlight')
      .map(({ stop, firstSeenMs }) => ({
        code: stop?.code ?? null,
        reason: stop?.reason ?? '',
        files: 1,
        sinceMs: firstSeenMs,
      })),
  );
}

/** Those of one code become one, with the reason of the one that waits longest; the most files first. */
export function joinWaiting(all: readonly Waiting[]): Waiting[] {
  const byCode = new Map<string | null, Waiting>();
  for (const each of all) {
    const known = byCode.get(each.code);
    const older = known === undefined || each.sinceMs < known.sinceMs ? each : known;
    byCode.set(each.code, { ...older, files: each.files + (known?.files ?? 0) });
  }
  return [...byCode.values()].sort((a, b) => b.files - a.files);
}
