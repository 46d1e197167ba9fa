import { emptyTally } from '../core/tally';
import type { Rejection } from '../core/types';
import type { Claim } from '../ledger/claim';
import { addCounts } from '../ledger/entry';
import { StoreUnavailable } from '../store/state-store';
import { later } from './file-end';
import type { FileReport } from './file-report';
import { type Done, FINAL, type FileWork } from './file-work';
import type { RelayState } from './relay-state';

/**
 * A file that ended the process each time (memory, a bug): what is left of it goes to quarantine as one, so that its
 * neighbours go on. `redrive` brings it back after a fix.
 */
export async function giveUp(
  claim: Claim,
  { created, sink }: FileWork,
  state: RelayState,
  report: FileReport,
): Promise<Done> {
  const { attempts, progress } = claim.entry;
  const reason = `${attempts - 1} runs in a row ended without a word while they worked on this file, from line ${progress.line} on`;
  const place = { file: created.file, line: progress.line, byteOffset: progress.byteOffset, byteLength: 0 };
  const rejection: Rejection = {
    stage: 'line',
    code: 'FILE_CRASHES',
    reason,
    place,
    row: null,
    partnerInferenceId: null,
  };
  const counts = { lines: 1, rejectedLines: 1, captured: 1, quarantined: 1 };
  const quarantine = state.quarantine(created.file, claim.entry, () => Promise.resolve(null));
  quarantine.add(rejection, null);
  const unavailable = later('STATE_UNAVAILABLE', 'the state store cannot be written', null);
  try {
    await quarantine.flush();
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    return { tally: emptyTally(), end: { kind: 'later', later: unavailable, hasProgress: false, isOnRecord: true } };
  }
  const saved = await claim.end({
    state: 'quarantined',
    counts: addCounts(claim.entry.counts, counts),
    stop: { code: 'FILE_CRASHES', reason },
  });
  if (saved !== 'saved')
    return { tally: emptyTally(), end: { kind: 'later', later: unavailable, hasProgress: false, isOnRecord: true } };
  const tally = { ...emptyTally(), ...counts };
  report.givenUp(sink.name, rejection, tally);
  return { tally, end: FINAL };
}
