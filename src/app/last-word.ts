import type { WorkResult } from '../core/work';
import { addCounts, type LedgerEntry } from '../ledger/entry';
import type { FileEnd } from './file-end';

/** What a run leaves in the ledger when it ends, beside the progress that its tracker knows. */
export function lastWord(
  end: FileEnd,
  result: WorkResult | null,
  isWhole: boolean,
  entry: LedgerEntry,
): Partial<LedgerEntry> {
  if (end.kind === 'later') {
    const { code, reason } = end;
    // A run that comes back with an answer was no crash.
    return { state: 'inFlight', attempts: 0, stop: { code, reason: reason.slice(0, MAX_REASON_CHARACTERS) } };
  }
  if (end.state !== 'done' || result === null) return { state: end.state, attempts: 0, stop: null };
  const { readTo, tally } = result;
  return {
    state: 'done',
    attempts: 0,
    stop: null,
    // To the last byte, blank lines included: a copy of the file over itself is known by it.
    progress: { ...readTo, runs: '', seen: { byteOffset: readTo.byteOffset, crc: readTo.crc }, refused: '' },
    ...(isWhole ? { counts: addCounts(entry.counts, tally) } : {}),
  };
}

const MAX_REASON_CHARACTERS = 500;
