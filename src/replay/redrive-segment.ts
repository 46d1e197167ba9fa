import type { DeliveryStop } from '../core/deliver';
import type { Claim } from '../ledger/claim';
import type { ReopenedEntry } from '../ledger/reopen';
import { isSettled, movedCounts } from '../quarantine/moved-counts';
import { bytesOf } from '../quarantine/original';
import type { QuarantinedLine } from '../quarantine/quarantined-line';
import { type Refusal, unitsOf } from '../quarantine/refusal';
import { replaceSegment } from '../quarantine/replace-segment';
import { SegmentMoves } from '../quarantine/segment-moves';
import { writeSegment } from '../quarantine/segment-text';
import type { Segment } from '../quarantine/segments';
import type { FedLine } from './feed-lines';
import { redriveLines } from './redrive-lines';
import { addTo, type SinkRedrive } from './sink-redrive';
import { type SinkRun, stopOf } from './sink-run';

/** Refused lines of a MiB of the file, sent again; the object that held them is written anew at the end. */
export async function redriveSegment(segment: Segment, claim: Claim, run: SinkRun): Promise<SinkRedrive['stop']> {
  const { redrive, config, sink, clock, progress } = run;
  const wanted = new Map<number, readonly Refusal[]>();
  const lines: FedLine[] = [];
  for (const line of segment.lines.values()) {
    const refusals = wantedOf(line, segment, claim, run);
    if (refusals.length === 0) continue;
    const bytes = await originalOf(line, run);
    if (bytes === null) addTo(progress.left, 'noBytes', unitsIn(refusals));
    else {
      wanted.set(line.line, refusals);
      lines.push({ line: line.line, byteOffset: line.byteOffset, bytes });
    }
  }
  const [first] = segment.lines.values();
  if (lines.length === 0 || first === undefined) return null;
  const moves = new SegmentMoves(segment.lines, wanted, redrive.version);
  const record = recorderOf(segment, moves, claim);
  const { bucket, key, versionId } = first.source;
  const end = await redriveLines({
    lines,
    moves,
    record,
    file: { bucket, key, versionId },
    rules: redrive.config.rules,
    config,
    sink,
    clock,
    signal: redrive.stop.cut,
    retry: redrive.retry,
    maySend: async () => (await run.mayGo()) ?? (claim.holds() ? null : stopOf('fenced')),
  });
  const stop = await record();
  if (stop === null) {
    await replaceSegment(redrive.store, segment.key, segment.stored, writeSegment(moves.lines.values()));
    note(moves, end.isComplete, progress);
  }
  return stop ?? end.stop;
}

/** What is asked for of a line, and may move. */
function wantedOf(line: QuarantinedLine, segment: Segment, claim: Claim, { redrive, progress }: SinkRun): Refusal[] {
  const { codes } = redrive;
  const asked = line.refusals.filter(({ code }) => (codes === null || codes.has(code)) && code !== 'FILE_CRASHES');
  const lines = asked.filter(({ code }) => !NO_LINES.has(code));
  addTo(progress.left, 'noCapture', unitsIn(asked) - unitsIn(lines));
  if (isSettled(claim.entry, segment.contentOrdinal, line.line)) return lines;
  addTo(progress.left, 'open', unitsIn(lines));
  return [];
}

/** They stand for a whole file, or for what is left of it. */
const NO_LINES: ReadonlySet<string> = new Set(['NOT_JSON_LINES', 'FILE_UNREADABLE']);

async function originalOf(line: QuarantinedLine, { redrive }: SinkRun): Promise<Buffer | null> {
  const { original, source, byteOffset, byteLength } = line;
  if (original !== null) return bytesOf(original);
  // Longer than the limit of now: it would be refused again, and must not be held in memory.
  if (byteLength > redrive.config.rules.maxLineBytes) return null;
  return redrive.readOriginal(source, byteOffset, byteLength);
}

/** Batches that end while the entry is being written share its next write. */
function recorderOf(segment: Segment, moves: SegmentMoves, claim: Claim): () => Promise<DeliveryStop | null> {
  const { contentOrdinal, segment: number } = segment;
  const base = claim.entry;
  let recorded = moves.leaving;
  let last: Promise<DeliveryStop | null> = Promise.resolve(null);
  const write = async (): Promise<DeliveryStop | null> => {
    const { leaving } = moves;
    if (leaving === recorded) return null;
    recorded = leaving;
    const change: Partial<ReopenedEntry> = {
      ...movedCounts(base, contentOrdinal, moves.counts),
      leaving: { contentOrdinal, segment: number, rows: leaving },
    };
    return stopOf(await claim.save(change));
  };
  return () => {
    last = last.then((stop) => stop ?? write());
    return last;
  };
}

function note(moves: SegmentMoves, isComplete: boolean, progress: SinkRedrive): void {
  progress.redriven += moves.counts.redriven;
  progress.skipped += moves.counts.skipped;
  progress.refusedAgain += moves.refusedAgain;
  addTo(progress.left, isComplete ? 'rowGone' : 'notSent', moves.unanswered);
}

const unitsIn = (refusals: readonly Refusal[]): number => refusals.reduce((sum, each) => sum + unitsOf(each), 0);
