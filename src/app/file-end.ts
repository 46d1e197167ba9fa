import type { WorkResult } from '../core/work';
import type { EntryState } from '../ledger/entry';

/** How one run on one file for one sink ended, and what follows from it. */
export type FileEnd =
  /** Nothing is left to do. */
  | { readonly kind: 'final'; readonly state: Exclude<EntryState, 'inFlight'> }
  /** The file has to come again. `waitMs` null: as long as its waits have grown to. */
  | {
      readonly kind: 'later';
      readonly code: string;
      readonly reason: string;
      readonly waitMs: number | null;
    };

export type Later = Extract<FileEnd, { kind: 'later' }>;

export const later = (code: string, reason: string, waitMs: number | null): Later => ({
  kind: 'later',
  code,
  reason,
  waitMs,
});

/** What a run's result says of its file. */
export function endOf(result: WorkResult): FileEnd {
  const { source, stop } = result;
  if (source !== null) {
    if (source.kind === 'gone' || source.kind === 'superseded') return { kind: 'final', state: source.kind };
    return later(source.kind === 'denied' ? 'SOURCE_DENIED' : 'SOURCE_UNAVAILABLE', source.message, null);
  }
  if (stop !== null) return later(stop.code, stop.reason, stop.waitMs);
  if (result.complete) return { kind: 'final', state: 'done' };
  // With progress there is nothing to wait for; a run without any would only spin.
  const hasProgress = result.settled !== null && result.settled.counts.captured > 0;
  return later('TIME_USED_UP', TIME_USED_UP, hasProgress ? 0 : null);
}

export const TIME_USED_UP = 'the time of this run is used up; the file comes again';
