import type { StateStore } from '../store/state-store';
import type { ListedFile } from './capture-listing';
import { compareHour, type Comparison } from './compare-hour';
import { listEntries, readEntries, unreadableKeys } from './ledger-hour';
import { capturesDigest, coversEntries, makeRollup, readRollup, type Rollup, writeRollup } from './rollup';

/** One hour and one sink: what the ledger holds against what is listed. */
export interface Look {
  readonly rollup: Rollup;
  /** Null when nothing has changed since an earlier look at which nothing was wanting. */
  readonly comparison: Comparison | null;
  /** Ledger keys of entries that are none of this version. */
  readonly unreadable: readonly string[];
}

export interface LookAt {
  readonly store: StateStore;
  readonly model: string;
  readonly sink: string;
  readonly hour: string;
  /** Listed before the ledger is: so no file is missing that was only begun meanwhile. */
  readonly listed: readonly ListedFile[];
  /** By the store's clock, before the files were listed. */
  readonly nowMs: number;
  readonly isLate: () => boolean;
}

/**
 * Leaves a new roll-up behind, unless the last one still holds: then an hour of 10,000 files costs 10 calls and not
 * 10,000. Null when it became too late on the way. Throws StoreUnavailable.
 */
export async function lookAtHour(at: LookAt): Promise<{ readonly look: Look | null; readonly keys: number }> {
  const { store, model, sink, hour, listed, nowMs } = at;
  const before = await readRollup(store, model, sink, hour);
  const ledger = await listEntries(store, model, sink, hour);
  const keys = ledger.entries.length;
  const isSame = before?.complete === true && before.basis.captures === capturesDigest(listed);
  if (isSame && coversEntries(before, ledger))
    return { look: { rollup: before, comparison: null, unreadable: [] }, keys };
  const entries = await readEntries(store, ledger, at.isLate);
  if (entries === null) return { look: null, keys };
  const comparison = compareHour(listed, entries, nowMs);
  const rollup = makeRollup({ model, sink, hour, listed, ledger, entries, comparison, madeAtMs: nowMs });
  await writeRollup(store, rollup);
  return { look: { rollup, comparison, unreadable: unreadableKeys(ledger, entries) }, keys };
}
