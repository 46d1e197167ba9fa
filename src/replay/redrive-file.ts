import type { Claim } from '../ledger/claim';
import { ledgerPrefix } from '../ledger/entry';
import { contentOrdinalOf, reopen, type ReopenedEntry } from '../ledger/reopen';
import { finishLeaving } from '../quarantine/finish-leaving';
import { withoutLeaving } from '../quarantine/leaving';
import { movedCounts } from '../quarantine/moved-counts';
import { unitsOf } from '../quarantine/refusal';
import { replaceSegment } from '../quarantine/replace-segment';
import { writeSegment } from '../quarantine/segment-text';
import { type FileSegments, type ListedSegment, openOrNote, type Segment } from '../quarantine/segments';
import { orUnreadable, UnreadableState } from '../store/unreadable-state';
import { redriveSegment } from './redrive-segment';
import { addTo, type LeftReason, type SinkRedrive } from './sink-redrive';
import { type SinkRun, stopOf } from './sink-run';

/** A redrive may be killed at any moment: whoever asks for the file then waits so long. */
const LEASE_MS = 120_000;

/**
 * One file of a redrive, under its lease. For each batch: send it; then the ledger's entry, which moves the sums and
 * names the rows whose records are void from then on; and after the segment's last batch its object, without them. A
 * kill before the entry is written repeats that batch, under the same ids. A kill after it leaves void records, which
 * the next one takes away first: they are sent no more, and counted no more. Returns why the sink takes nothing more.
 */
export async function redriveFile(file: FileSegments, run: SinkRun): Promise<SinkRedrive['stop']> {
  const { store } = run.redrive;
  const key = `${ledgerPrefix(file.model, file.sink)}${file.hour}/${file.fileHash}`;
  const answer = await orUnreadable(() => reopen(store, key, { clock: run.clock, leaseMs: LEASE_MS }));
  if (answer instanceof UnreadableState) return leaveUnreadable(file, answer, run);
  if (answer.kind !== 'reopened') {
    await leaveAll(file, answer.kind, run);
    return null;
  }
  const { claim } = answer;
  const renewing = setInterval(() => void claim.renew(), LEASE_MS / 3);
  let change: Partial<ReopenedEntry> = {};
  try {
    const finished = await orUnreadable(() => finishLeaving(store, answer.entry));
    if (finished instanceof UnreadableState) return await leaveUnreadable(file, finished, run);
    const stop = await redriveSegments(file.segments, claim, run);
    if (stop !== null) return stop;
    change = { leaving: null };
    return null;
  } finally {
    clearInterval(renewing);
    // After a failure the entry says as before what is leaving.
    await claim.end(change);
  }
}

async function redriveSegments(
  segments: readonly ListedSegment[],
  claim: Claim,
  run: SinkRun,
): Promise<SinkRedrive['stop']> {
  for (const listed of segments) {
    if (run.redrive.stop.isAsked) return null;
    const segment = await openOrNote(run.redrive.store, listed, run.progress.unreadable);
    const stop = segment === null ? null : await redriveSegment(segment, claim, run);
    if (stop !== null) return stop;
  }
  for (const listed of segments) {
    const segment = await openOrNote(run.redrive.store, listed, run.progress.unreadable);
    const stop = segment === null ? null : await reopenWhole(segment, claim, run);
    if (stop !== null) return stop;
  }
  return null;
}

/**
 * A file that was given up whole is in flight again: the next sweep or replay brings what is left of it. What else of it
 * was refused has been redriven before, because from now on the file goes on by itself. Its record goes last: after a
 * kill in between it says nothing, since the file is not given up, and is taken away by the file's next run or here.
 */
async function reopenWhole(segment: Segment, claim: Claim, run: SinkRun): Promise<SinkRedrive['stop']> {
  const { codes, store } = run.redrive;
  const { entry } = claim;
  const line = givenUpLine(segment);
  if (line === null) return null;
  const isCounted = entry.state === 'quarantined';
  if (segment.contentOrdinal !== contentOrdinalOf(entry)) {
    addTo(run.progress.left, 'overwritten', 1);
    return null;
  }
  if (isCounted) {
    if (codes !== null && !codes.has('FILE_CRASHES')) return null;
    const counts = movedCounts(entry, segment.contentOrdinal, NOT_GIVEN_UP);
    const stop = stopOf(await claim.save({ ...counts, state: 'inFlight', stop: null }));
    if (stop !== null) return stop;
    run.progress.filesReopened += 1;
  }
  const left = withoutLeaving(segment.lines, [{ line, units: null, rows: null }]);
  await replaceSegment(store, segment.key, segment.stored, writeSegment(left.values()));
  return null;
}

const NOT_GIVEN_UP = { lines: -1, rejectedLines: -1, captured: -1, quarantined: -1 };

function givenUpLine({ lines }: Segment): number | null {
  for (const { line, refusals } of lines.values())
    if (refusals.some(({ code }) => code === 'FILE_CRASHES')) return line;
  return null;
}

async function leaveAll(file: FileSegments, reason: LeftReason, { redrive, progress }: SinkRun): Promise<void> {
  for (const listed of file.segments) {
    const segment = await openOrNote(redrive.store, listed, progress.unreadable);
    for (const { refusals } of segment?.lines.values() ?? [])
      for (const refusal of refusals)
        if (redrive.codes === null || redrive.codes.has(refusal.code)) addTo(progress.left, reason, unitsOf(refusal));
  }
}

/** Its sums cannot be moved, or it is not known which of its records are void. The sink goes on with the next file. */
async function leaveUnreadable(file: FileSegments, { key }: UnreadableState, run: SinkRun): Promise<null> {
  run.progress.unreadable.add(key);
  await leaveAll(file, 'unreadable', run);
  return null;
}
