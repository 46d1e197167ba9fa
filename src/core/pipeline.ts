import { Batcher } from './batch';
import { parseCaptureKey, type CaptureKey } from './capture-key';
import { type CapturedLine, capturedLines } from './captured-lines';
import { Courier } from './courier';
import type { BatchOutcome } from './deliver';
import { encodeInference } from './encode-inference';
import { FirstRefusals } from './first-refusals';
import { type EventInferences, isShadow, toInferences } from './inference';
import { RepeatedIds } from './partner-inference-id';
import { FIRST_LINE, type LineStart } from './lines';
import { type OpenedLine, ProgressTracker } from './progress';
import { route } from './route';
import { SourceFailure } from './source';
import { emptyTally } from './tally';
import type { CaptureEvent, Inference, Rejection, Skip } from './types';
import type { Work, WorkResult } from './work';

/**
 * The page that shows the chain. One work is one capture file for one sink:
 *
 *   bytes ─► lines ─► capture events ─► inferences ─► rows ─► batches ─► the sink
 *
 * A bad item becomes a rejection beside the stream, never an exception through it. A partner that decodes captures
 * itself gets the lines instead: `pass-through.ts`.
 */
export async function runWork(work: Work): Promise<WorkResult> {
  const run = new WorkRun(work);
  let isRead = false;
  let source: SourceFailure | null = null;
  try {
    isRead = await readAll(work, run);
  } catch (error) {
    if (!(error instanceof SourceFailure)) throw error;
    source = error;
  } finally {
    await run.finish();
  }
  const { stop } = run.courier;
  return {
    tally: run.tally,
    // Whatever the reason: a file with an inference in flight is not done.
    complete: isRead && stop === null && run.tally.inFlight === 0,
    stop,
    source,
    surplusColumns: [...run.surplus],
    settled: run.settledNow,
    readTo: run.readTo,
  };
}

/** False when the reading ended before the file did. */
async function readAll(work: Work, run: WorkRun): Promise<boolean> {
  for await (const line of capturedLines(work.bytes, work.file, work.rules.maxLineBytes, work.start)) {
    const { parsed } = line;
    run.readTo = { line: run.readTo.line + 1, byteOffset: line.end.byteOffset, crc: line.end.crc };
    if (parsed.kind === 'event') await run.event(parsed.event, line);
    else if (parsed.kind === 'rejection') run.rejectedLine(parsed.rejection, line);
    else if (parsed.kind === 'skip') run.skippedLines(parsed.skip, line);
    if (run.courier.stop !== null || work.shouldStop()) return false;
  }
  return true;
}

class WorkRun {
  readonly tally = emptyTally();
  readonly surplus = new Set<string>();
  /** Takes batches in order, keeps several in flight, says when to stop. */
  readonly courier: Courier;
  readonly settledNow: ProgressTracker;
  readTo: LineStart;
  private readonly batcher: Batcher;
  private readonly repeated = new RepeatedIds();
  private readonly firstRefusals: FirstRefusals;
  private readonly key: CaptureKey | null;

  constructor(private readonly work: Work) {
    this.batcher = new Batcher(work.limits, work.template);
    this.firstRefusals = new FirstRefusals(work.hasDelivered ?? false);
    this.settledNow = new ProgressTracker(work.start);
    this.readTo = work.start ?? FIRST_LINE;
    const { record } = work;
    this.courier = new Courier({
      delivery: work.delivery,
      maxInFlight: work.maxInFlight,
      hasDelivered: work.hasDelivered ?? false,
      onOutcome: (outcome) => this.settled(outcome),
      ...(record === undefined ? {} : { onRecord: () => record(this.settledNow) }),
    });
    this.key = parseCaptureKey(work.file.key);
  }

  async event(event: CaptureEvent, { end }: CapturedLine): Promise<void> {
    const decoded = toInferences(event, this.key, this.work.rules);
    const { place } = event;
    const skip = route(this.work.route, this.key, isShadow(event, this.key, this.work.rules));
    const unnamed = skip === null ? decoded.rejections.find(({ code }) => code === 'COLUMNS_UNKNOWN') : undefined;
    if (unnamed !== undefined) return this.hold(decoded, unnamed);
    if (!this.begins({ kind: 'event', place, end, units: decoded.count, lines: 1 })) return;
    if (skip !== null) return this.skipEvent({ ...skip, place, lines: 0, inferences: decoded.count });
    if (this.repeated.sees(event)) this.tally.repeatedIds += 1;
    this.tally.nulled += decoded.nulled;
    for (const name of decoded.surplus) if (this.surplus.size < MAX_SURPLUS_NAMES) this.surplus.add(name);
    const isOpen = (row: number | null): boolean => !this.settledNow.isSettled(place.line, row ?? 0);
    const rejections = decoded.rejections.filter(({ row }) => isOpen(row));
    const inferences = decoded.inferences.filter(({ index }) => isOpen(index));
    this.tally.captured += rejections.length + inferences.length;
    for (const rejection of rejections) this.refuse(rejection);
    for (const [at, inference] of inferences.entries()) {
      // An event may hold more rows than this run has time for.
      if (at > 0 && (this.courier.stop !== null || this.work.shouldStop())) {
        this.tally.inFlight += inferences.length - at;
        return;
      }
      await this.inference(inference);
    }
  }

  rejectedLine(rejection: Rejection, { end }: CapturedLine): void {
    if (!this.begins({ kind: 'rejected', place: rejection.place, end, units: 1, lines: 1 })) return;
    this.tally.captured += 1;
    this.reject(rejection);
  }

  skippedLines(skip: Skip, { end }: CapturedLine): void {
    const { place, inferences, lines } = skip;
    if (this.begins({ kind: 'skipped', place, end, units: inferences, lines })) this.skipEvent(skip);
  }

  /** Sends what is left and waits for every answer. */
  async finish(): Promise<void> {
    for (const rejection of this.firstRefusals.decide()) this.settleRefused(rejection);
    for (const batch of this.batcher.flush()) await this.courier.take(batch);
    this.courier.drain();
    await this.courier.settle();
  }

  private settled(outcome: BatchOutcome): void {
    this.tally.delivered += outcome.delivered;
    this.tally.accepted += outcome.accepted;
    this.tally.inFlight += outcome.undelivered;
    this.tally.requests += outcome.requests;
    this.tally.retries += outcome.retries;
    for (const { inferences, kind } of outcome.stored)
      for (const { place, index } of inferences) this.settledNow.settle(place.line, index, kind);
    for (const { inference, code, reason } of outcome.rejected)
      this.reject(rejectionOf(inference, 'deliver', code, reason));
    this.work.onBatch?.(outcome);
  }

  /** False for a line that earlier runs have settled as a whole: it is theirs in every count. */
  private begins(line: OpenedLine): boolean {
    if (!this.settledNow.begin(line)) return false;
    this.tally.lines += line.lines;
    if (line.kind === 'event') this.tally.events += 1;
    else if (line.kind === 'rejected') this.tally.rejectedLines += 1;
    else this.tally.skippedLines += line.lines;
    return true;
  }

  /** No row is to blame when nobody could tell its names: the event stays in flight, and the work stops. */
  private hold(decoded: EventInferences, { code, reason }: Rejection): void {
    this.tally.lines += 1;
    this.tally.events += 1;
    this.tally.captured += decoded.count;
    this.tally.inFlight += decoded.count;
    this.courier.stop ??= { kind: 'misconfigured', code, reason, waitMs: null };
  }

  private async inference(captured: Inference): Promise<void> {
    const encoded = encodeInference(captured, this.work, this.key, (row) => this.batcher.bodyBytesOf(row));
    if (!encoded.ok) return this.refuse(rejectionOf(captured, 'encode', encoded.code, encoded.reason));
    for (const rejection of this.firstRefusals.decide()) this.reject(rejection);
    if (encoded.hasKeyTime) this.tally.keyTimes += 1;
    for (const batch of this.batcher.add(encoded.inference, encoded.row)) await this.courier.take(batch);
  }

  private skipEvent(skip: Skip): void {
    const before = this.settledNow.counts.skipped;
    this.settledNow.settleLine(skip.place.line, 'skipped');
    const inferences = this.settledNow.counts.skipped - before;
    if (inferences === 0) return;
    this.tally.captured += inferences;
    this.tally.skipped += inferences;
    this.work.onSkip({ ...skip, inferences });
  }

  /** Refused by us, before any partner saw it. */
  private refuse(rejection: Rejection): void {
    const { rejected, stop } = this.firstRefusals.take(rejection);
    for (const each of rejected) this.reject(each);
    this.courier.stop ??= stop;
  }

  private settleRefused(rejection: Rejection): void {
    if (this.courier.stop === null) this.reject(rejection);
    else this.tally.inFlight += 1;
  }

  private reject(rejection: Rejection): void {
    this.tally.quarantined += 1;
    this.settledNow.settle(rejection.place.line, rejection.row ?? 0, 'quarantined');
    this.work.onRejection(rejection);
  }
}

// Names come from the data: a file may hold any number of them.
const MAX_SURPLUS_NAMES = 1_000;

function rejectionOf(inference: Inference, stage: 'encode' | 'deliver', code: string, reason: string): Rejection {
  return {
    stage,
    code,
    reason,
    place: inference.place,
    row: inference.index,
    partnerInferenceId: inference.partnerInferenceId,
  };
}
