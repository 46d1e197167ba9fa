import { Batcher } from './batch';
import { parseCaptureKey, type CaptureKey } from './capture-key';
import { readCaptureFile } from './capture-file';
import { Courier } from './courier';
import type { BatchOutcome, DeliverOptions, DeliveryStop } from './deliver';
import { type EventInferences, isShadow, type ModelRules, toInferences } from './inference';
import { RepeatedIds } from './partner-inference-id';
import { route, type Route } from './route';
import { type BatchTemplate, encodeRow } from './row-template';
import { SourceFailure } from './source';
import { emptyTally, type TallyCounts } from './tally';
import type { CaptureEvent, CaptureFile, Inference, Rejection, Skip } from './types';

/**
 * The page that shows the chain. One work is one capture file for one sink:
 *
 *   bytes ─► lines ─► capture events ─► inferences ─► rows ─► batches ─► the sink
 *
 * A bad item becomes a rejection beside the stream, never an exception through it. A partner that decodes captures
 * itself gets the lines instead: `pass-through.ts`.
 */
export interface Work {
  readonly file: CaptureFile;
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly rules: ModelRules;
  readonly route: Route;
  readonly template: BatchTemplate | null;
  readonly needsTime: 'no' | 'any' | 'zoned';
  readonly maxInferenceBytes: number;
  readonly limits: { readonly maxBatchInferences: number; readonly maxBatchBytes: number };
  readonly delivery: DeliverOptions;
  /** Requests in flight at once. */
  readonly maxInFlight: number;
  readonly onRejection: (rejection: Rejection) => void;
  readonly onSkip: (skip: Skip) => void;
  /** After each batch: what the partner said of it. */
  readonly onBatch?: (outcome: BatchOutcome) => void;
  /** Asked between events; true ends the reading early (time is up). */
  readonly shouldStop: () => boolean;
}

export interface WorkResult {
  readonly tally: TallyCounts;
  /** The whole file was read and everything in it is accounted for. */
  readonly complete: boolean;
  /** Why sending stopped; null when it did not. */
  readonly stop: DeliveryStop | null;
  /** Why reading stopped; null when it did not. */
  readonly source: SourceFailure | null;
  /** Columns the partner's model does not know; they were left out. */
  readonly surplusColumns: readonly string[];
}

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
  return { tally: run.tally, complete: isRead && stop === null, stop, source, surplusColumns: [...run.surplus] };
}

/** False when the reading ended before the file did. */
async function readAll(work: Work, run: WorkRun): Promise<boolean> {
  for await (const parsed of readCaptureFile(work.bytes, work.file, work.rules.maxLineBytes)) {
    if (parsed.kind === 'event') await run.event(parsed.event);
    else if (parsed.kind === 'rejection') run.rejectedLine(parsed.rejection);
    else if (parsed.kind === 'skip') run.skippedLines(parsed.skip);
    if (run.courier.stop !== null || work.shouldStop()) return false;
  }
  return true;
}

class WorkRun {
  readonly tally = emptyTally();
  readonly surplus = new Set<string>();
  /** Takes batches in order, keeps several in flight, says when to stop. */
  readonly courier: Courier;
  private readonly batcher: Batcher;
  private readonly repeated = new RepeatedIds();
  private readonly key: CaptureKey | null;

  constructor(private readonly work: Work) {
    this.batcher = new Batcher(work.limits, work.template);
    this.courier = new Courier(work.delivery, work.maxInFlight, (outcome) => this.settled(outcome));
    this.key = parseCaptureKey(work.file.key);
  }

  async event(event: CaptureEvent): Promise<void> {
    this.tally.lines += 1;
    this.tally.events += 1;
    const decoded = toInferences(event, this.key, this.work.rules);
    const skip = route(this.work.route, this.key, isShadow(event, this.key, this.work.rules));
    if (skip !== null) return this.skipEvent({ ...skip, place: event.place, lines: 0, inferences: decoded.count });
    const unnamed = decoded.rejections.find(({ code }) => code === 'COLUMNS_UNKNOWN');
    if (unnamed !== undefined) return this.hold(decoded, unnamed);
    if (this.repeated.sees(event)) this.tally.repeatedIds += 1;
    this.noteDecoded(decoded);
    for (const inference of decoded.inferences) await this.inference(inference);
  }

  rejectedLine(rejection: Rejection): void {
    this.tally.lines += 1;
    this.tally.rejectedLines += 1;
    this.tally.captured += 1;
    this.reject(rejection);
  }

  skippedLines(skip: Skip): void {
    this.tally.lines += skip.lines;
    this.tally.skippedLines += skip.lines;
    this.skipEvent(skip);
  }

  /** Sends what is left and waits for every answer. */
  async finish(): Promise<void> {
    for (const batch of this.batcher.flush()) await this.courier.take(batch);
    await this.courier.settle();
  }

  private settled(outcome: BatchOutcome): void {
    this.tally.delivered += outcome.delivered;
    this.tally.accepted += outcome.accepted;
    this.tally.inFlight += outcome.undelivered;
    this.tally.requests += outcome.requests;
    this.tally.retries += outcome.retries;
    for (const { inference, code, reason } of outcome.rejected)
      this.reject(rejectionOf(inference, 'deliver', code, reason));
    this.work.onBatch?.(outcome);
  }

  private noteDecoded(decoded: EventInferences): void {
    this.tally.captured += decoded.inferences.length + decoded.rejections.length;
    this.tally.nulled += decoded.nulled;
    for (const name of decoded.surplus) if (this.surplus.size < MAX_SURPLUS_NAMES) this.surplus.add(name);
    for (const rejection of decoded.rejections) this.reject(rejection);
  }

  /** No row is to blame when nobody could tell its names: the event stays in flight, and the work stops. */
  private hold(decoded: EventInferences, { code, reason }: Rejection): void {
    this.tally.captured += decoded.count;
    this.tally.inFlight += decoded.count;
    this.courier.stop ??= { kind: 'misconfigured', code, reason, waitMs: null };
  }

  private async inference(captured: Inference): Promise<void> {
    const { template, needsTime, maxInferenceBytes } = this.work;
    const inference = needsTime === 'no' ? captured : this.timed(captured, needsTime === 'zoned');
    if (inference === null) return this.reject(rejectionOf(captured, 'encode', 'NO_TIME', NO_TIME));
    let row: string | null = null;
    if (template !== null) {
      const encoded = encodeRow(template.row, inference);
      if (!encoded.ok) return this.reject(rejectionOf(inference, 'encode', encoded.code, encoded.reason));
      row = encoded.json;
      const bytes = this.batcher.bodyBytesOf(row);
      if (bytes > maxInferenceBytes) {
        return this.reject(
          rejectionOf(
            inference,
            'encode',
            'INFERENCE_TOO_LARGE',
            `alone it makes a request of ${bytes} bytes; the sink takes ${maxInferenceBytes}`,
          ),
        );
      }
    }
    for (const batch of this.batcher.add(inference, row)) await this.courier.take(batch);
  }

  /** The time of the file stands in for a missing one, and is counted; null when the key tells none either. */
  private timed(inference: Inference, mustHaveZone: boolean): Inference | null {
    if (inference.inferenceTime !== null && (!mustHaveZone || HAS_ZONE.test(inference.inferenceTime))) return inference;
    if (this.key === null) return null;
    this.tally.keyTimes += 1;
    return { ...inference, inferenceTime: this.key.time };
  }

  private skipEvent(skip: Skip): void {
    this.tally.captured += skip.inferences;
    this.tally.skipped += skip.inferences;
    this.work.onSkip(skip);
  }

  private reject(rejection: Rejection): void {
    this.tally.quarantined += 1;
    this.work.onRejection(rejection);
  }
}

const NO_TIME = 'neither the event nor the key tells a time, and this sink cannot store an inference without one';

// Names come from the data: a file may hold any number of them.
const MAX_SURPLUS_NAMES = 1_000;

// A time with a zone, as SageMaker writes it. Partners that need a time refuse one without zone.
const HAS_ZONE = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})$/;

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
