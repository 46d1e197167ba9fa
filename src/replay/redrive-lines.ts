import { deliverFile, type DeliverFile } from '../app/deliver-file';
import { parseCaptureLine } from '../core/capture-event';
import type { DeliveryStop, StoredPart } from '../core/deliver';
import type { PassThrough } from '../core/pass-through';
import type { CaptureFile, Rejection, Skip } from '../core/types';
import { type Rows, rowsOf } from '../quarantine/rows';
import type { SegmentMoves } from '../quarantine/segment-moves';
import { type FedLine, feedsOf } from './feed-lines';
import { onlyRows } from './only-rows';

/** Refused lines of one segment on their way through the chain again, as every capture goes. */
export interface RedriveLines
  extends Pick<DeliverFile, 'file' | 'rules' | 'config' | 'sink' | 'clock' | 'signal' | 'maySend' | 'retry'> {
  readonly lines: readonly FedLine[];
  readonly moves: SegmentMoves;
  /** Puts what has moved so far on record; a stop when it cannot be. */
  readonly record: () => Promise<DeliveryStop | null>;
}

export interface LinesEnd {
  /** Every line has its answer. */
  readonly isComplete: boolean;
  readonly stop: DeliveryStop | null;
}

const COMPLETE: LinesEnd = { isComplete: true, stop: null };

/** What moved last is not on record yet when it ends. */
export async function redriveLines(work: RedriveLines): Promise<LinesEnd> {
  if (work.sink.passThrough !== undefined) return passLines(work, work.sink.passThrough);
  for (const { start, bytes } of feedsOf(work.lines)) {
    const { moves } = work;
    const result = await deliverFile({
      ...work,
      bytes,
      sink: onlyRows(work.sink, ({ place, index }) => moves.isWanted(place.line, index)),
      onRejection: (rejection) => moves.refused(rejection),
      onSkip: (skip) => moves.skipped(skip),
      onBatch: ({ stored }) => noteStored(stored, moves),
      progress: {
        start: { ...start, runs: '', seen: { byteOffset: start.byteOffset, crc: start.crc }, refused: '' },
        // Everything here was refused before: that all of it is refused again says nothing of the configuration.
        hasDelivered: true,
        record: work.record,
      },
    });
    moves.finish(result.complete);
    if (!result.complete) return { isComplete: false, stop: result.stop };
  }
  return COMPLETE;
}

function noteStored(stored: readonly StoredPart[], moves: SegmentMoves): void {
  for (const { inferences, kind } of stored) {
    const byLine = new Map<number, { units: number; rows: [number, number][] }>();
    for (const { place, index, count } of inferences) {
      const line = byLine.get(place.line) ?? { units: count, rows: [] };
      line.rows.push([index, index]);
      byLine.set(place.line, line);
    }
    for (const [line, { units, rows }] of byLine) moves.stored(line, rowsOf(rows), units, kind);
  }
}

/** A partner that takes whole lines refused whole lines: they go in one request, and what it does not name is stored. */
async function passLines(work: RedriveLines, passThrough: PassThrough): Promise<LinesEnd> {
  const { lines, moves } = work;
  const refused: Rejection[] = [];
  const skipped: Skip[] = [];
  // The chain counts these lines from 1, and back they go to where they stand in the file.
  const inFile = <T extends Rejection | Skip>(said: T): T => {
    const { line = said.place.line, byteOffset = 0 } = lines[said.place.line - 1] ?? {};
    return { ...said, place: { ...said.place, line, byteOffset } };
  };
  const result = await deliverFile({
    ...work,
    bytes: joined(lines),
    onRejection: (rejection) => refused.push(inFile(rejection)),
    onSkip: (skip) => skipped.push(inFile(skip)),
  });
  if (!result.complete) return { isComplete: false, stop: result.stop };
  // Taken for one file of another kind, by its first bytes: by itself each line is what it is.
  if (lines.length > 1 && result.tally.lines !== lines.length) return oneByOne(work, passThrough);
  for (const skip of skipped) moves.skipped(skip);
  for (const rejection of refused) moves.refused(rejection);
  const others = new Set([...refused, ...skipped].map(({ place }) => place.line));
  for (const line of lines) {
    const units = others.has(line.line) ? 0 : unitsOf(line, passThrough, work);
    const rows: Rows = [[0, units - 1]];
    if (units > 0) moves.stored(line.line, rows, units, result.tally.accepted > 0 ? 'accepted' : 'delivered');
  }
  moves.finish(true);
  return COMPLETE;
}

async function oneByOne(work: RedriveLines, passThrough: PassThrough): Promise<LinesEnd> {
  for (const line of work.lines) {
    const end = await passLines({ ...work, lines: [line] }, passThrough);
    if (!end.isComplete) return end;
    const stop = await work.record();
    if (stop !== null) return { isComplete: false, stop };
  }
  return COMPLETE;
}

async function* joined(lines: readonly FedLine[]): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (const { bytes } of lines) yield Buffer.concat([bytes, Buffer.from('\r\n')]);
}

/** As the partner's own decoder counts the inferences of a line that it took. */
function unitsOf(
  line: FedLine,
  passThrough: PassThrough,
  { file, rules }: { file: CaptureFile } & Pick<DeliverFile, 'rules'>,
): number {
  const { bytes, byteOffset } = line;
  const end = { byteOffset, crc: 0 };
  const parsed = parseCaptureLine(
    { number: line.line, byteOffset, byteLength: bytes.length, bytes, end },
    file,
    rules.maxLineBytes,
  );
  const reading = parsed.kind === 'event' ? passThrough.read(parsed.event) : null;
  return reading?.ok === true ? reading.inferences : 0;
}
