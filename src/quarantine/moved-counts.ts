import { addCounts, type LedgerCounts, type LedgerEntry } from '../ledger/entry';
import { contentOrdinalOf } from '../ledger/reopen';

/** The sums of an entry after inferences of one of its contents have left the quarantine, or became more there. */
export function movedCounts(
  entry: LedgerEntry,
  contentOrdinal: number,
  change: Partial<LedgerCounts>,
): Pick<LedgerEntry, 'counts' | 'earlier'> {
  const { counts, earlier } = entry;
  return contentOrdinal === contentOrdinalOf(entry)
    ? { counts: closed(addCounts(counts, change)), earlier }
    : { counts, earlier: { ...earlier, counts: closed(addCounts(earlier.counts, change)) } };
}

/**
 * A run may be killed after it wrote a record and before the ledger counted it, and its file be overwritten before the
 * next run: then nobody ever counts that record. It is captured now, with what becomes of it.
 */
function closed(counts: LedgerCounts): LedgerCounts {
  const uncounted = Math.max(0, -counts.quarantined);
  return { ...counts, captured: counts.captured + uncounted, quarantined: counts.quarantined + uncounted };
}

/**
 * Whether the ledger is done with a line: it may be in the middle of it when a file vanished or was given up, and such a
 * file may still go on, with a configuration under which it begins that line anew.
 */
export function isSettled(
  { state, progress, earlier }: Pick<LedgerEntry, 'state' | 'progress' | 'earlier'>,
  contentOrdinal: number,
  line: number,
): boolean {
  return state === 'done' || contentOrdinal < contentOrdinalOf({ earlier }) || line < progress.line;
}
