import { halves, subBatch } from './batch';
import type { DeliveryResult, Inference, InferenceBatch, RefusedRow } from './types';

/**
 * One batch to its end: waits and tries again what may pass, halves what is too large, looks for the row a partner
 * refused without naming it, and stops when nothing can pass. The sinks themselves only send one request and read
 * the answer.
 */
export interface DeliverOptions {
  readonly send: (batch: InferenceBatch) => Promise<DeliveryResult>;
  /** Asked before each request; waits where the sink's rate asks it, and answers why nothing may be sent now. */
  readonly maySend?: () => Promise<DeliveryStop | null>;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
}

export interface RetryPolicy {
  /** Attempts at one batch, the first included. */
  readonly maxAttempts: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** Requests spent on finding refused rows of one batch; rows not isolated by then are rejected together. */
  readonly maxIsolationRequests: number;
}

/**
 * 6 attempts with full jitter below 0.5, 1, 2, 4, 8 s: rides out a partner's restart of some 8 s on average, well
 * inside a Lambda's time; longer outages belong to the queue. 256 requests isolate some 20 bad rows of 1,000.
 * Full jitter: AWS Architecture Blog, "Exponential Backoff And Jitter".
 */
export const RETRY_POLICY: RetryPolicy = {
  maxAttempts: 6,
  baseDelayMs: 500,
  maxDelayMs: 20_000,
  maxIsolationRequests: 256,
};

export interface Clock {
  readonly nowMs: () => number;
  /** Resolves early when the run is aborted. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
  /** When this run must have ended, on the scale of `nowMs`. */
  readonly deadlineMs: number;
}

export interface BatchOutcome {
  readonly delivered: number;
  /** Part of `delivered` that the partner has taken over but not confirmed. */
  readonly accepted: number;
  readonly rejected: readonly { readonly inference: Inference; readonly code: string; readonly reason: string }[];
  /** Not sent, or not known to be stored: still in flight. */
  readonly undelivered: number;
  readonly requests: number;
  readonly retries: number;
  /** Which inferences `delivered` counts. */
  readonly stored: readonly StoredPart[];
  /** Ids the partner gave, as far as it gives any. */
  readonly ids: readonly string[];
  /** Why nothing more should be sent; null when all went through. */
  readonly stop: DeliveryStop | null;
}

export interface StoredPart {
  readonly inferences: readonly Inference[];
  readonly kind: 'delivered' | 'accepted';
}

/** `fenced`: another run holds this file now, or nobody can tell; what is said of the sink stays as it was. */
export interface DeliveryStop {
  readonly kind: 'unavailable' | 'misconfigured' | 'fenced';
  readonly code: string;
  readonly reason: string;
  readonly waitMs: number | null;
}

/**
 * `enoughRefused`: after so many refused rows, and none delivered, no further one is looked for: what is left stays
 * undelivered, and whoever asked decides what that means. Null: all are.
 */
export async function deliverBatch(
  batch: InferenceBatch,
  options: DeliverOptions,
  enoughRefused: number | null = null,
): Promise<BatchOutcome> {
  const run = new BatchRun(options);
  run.jobs.push(batch);
  for (let job = run.jobs.pop(); job !== undefined; job = run.jobs.pop()) {
    const isEnough = enoughRefused !== null && run.delivered === 0 && run.rejected.length >= enoughRefused;
    if (run.stop === null && !isEnough) await run.attempt(job);
    else run.undelivered += job.inferences.length;
  }
  const { delivered, accepted, rejected, undelivered, requests, retries, stored, ids, stop } = run;
  return { delivered, accepted, rejected, undelivered, requests, retries, stored, ids, stop };
}

class BatchRun {
  readonly jobs: InferenceBatch[] = [];
  readonly rejected: { inference: Inference; code: string; reason: string }[] = [];
  readonly stored: StoredPart[] = [];
  readonly ids: string[] = [];
  delivered = 0;
  accepted = 0;
  undelivered = 0;
  requests = 0;
  retries = 0;
  stop: DeliveryStop | null = null;
  private isolationRequests = 0;
  /** Why the partner did not take something of this batch that may pass later. */
  private lastAnswer: string | null = null;

  constructor(private readonly options: DeliverOptions) {}

  async attempt(batch: InferenceBatch): Promise<void> {
    const stop = (await this.options.maySend?.()) ?? null;
    if (stop !== null) return this.halt(batch, this.withLastAnswer(stop));
    this.requests += 1;
    const result = await this.options.send(batch);
    switch (result.kind) {
      case 'delivered':
      case 'accepted':
        this.store(batch.inferences, result.kind);
        this.ids.push(...(result.ids ?? []));
        return;
      case 'partial':
        return this.partial(batch, result);
      case 'retryable':
        return this.again(batch, result.reason, result.waitMs);
      case 'too-large':
        return this.halve(batch, result.reason);
      case 'rejected':
        return this.refused(batch, result);
      case 'misconfigured':
        this.halt(batch, { kind: 'misconfigured', code: result.code, reason: result.reason, waitMs: null });
    }
  }

  private async partial(batch: InferenceBatch, result: Extract<DeliveryResult, { kind: 'partial' }>): Promise<void> {
    checkIndexes(batch, result);
    for (const row of result.rejected) this.reject(batch, row);
    const open = new Set([...result.rejected.map(({ index }) => index), ...result.retry]);
    this.store(
      batch.inferences.filter((_, index) => !open.has(index)),
      'delivered',
    );
    if (result.retry.length > 0) await this.again(subBatch(batch, result.retry, batch.attempt), result.reason, null);
  }

  private store(inferences: readonly Inference[], kind: StoredPart['kind']): void {
    if (inferences.length === 0) return;
    this.delivered += inferences.length;
    if (kind === 'accepted') this.accepted += inferences.length;
    this.stored.push({ inferences, kind });
  }

  /** Waits, then puts the batch back; gives up when attempts or time are used up. */
  private async again(batch: InferenceBatch, reason: string, askedWaitMs: number | null): Promise<void> {
    const { retry, clock } = this.options;
    this.lastAnswer = reason;
    const ceilingMs = Math.min(retry.maxDelayMs, retry.baseDelayMs * 2 ** batch.attempt);
    // The partner's own wait is a minimum; a little jitter on top keeps many forwarders from coming back at once.
    const waitMs = askedWaitMs === null ? clock.random() * ceilingMs : askedWaitMs + clock.random() * retry.baseDelayMs;
    const isLate = clock.nowMs() + waitMs >= clock.deadlineMs;
    if (isLate || batch.attempt + 1 >= retry.maxAttempts) {
      const why = isLate ? 'the time of this run is used up' : `${retry.maxAttempts} attempts failed`;
      return this.halt(batch, {
        kind: 'unavailable',
        code: 'SINK_UNAVAILABLE',
        reason: `${why}; last answer: ${reason}`,
        waitMs: askedWaitMs,
      });
    }
    await clock.sleep(waitMs);
    this.retries += 1;
    this.jobs.push({ ...batch, attempt: batch.attempt + 1 });
  }

  /** What ends a batch that the partner did not take is the partner, not what a further attempt would have waited for. */
  private withLastAnswer(stop: DeliveryStop): DeliveryStop {
    if (this.lastAnswer === null || stop.kind !== 'unavailable') return stop;
    return { ...stop, code: 'SINK_UNAVAILABLE', reason: `${stop.reason}; last answer: ${this.lastAnswer}` };
  }

  private halve(batch: InferenceBatch, reason: string): void {
    if (batch.inferences.length === 1)
      return this.reject(batch, {
        index: 0,
        code: 'INFERENCE_TOO_LARGE',
        reason: `the partner takes no request of this size: ${reason}`,
      });
    this.pushHalves(batch);
  }

  private refused(batch: InferenceBatch, result: Extract<DeliveryResult, { kind: 'rejected' }>): void {
    if (
      result.isolate &&
      batch.inferences.length > 1 &&
      this.isolationRequests < this.options.retry.maxIsolationRequests
    ) {
      this.isolationRequests += 2;
      return this.pushHalves(batch);
    }
    // Asked for as often as allowed, and still several together: the guilty row is among them, its neighbours are too.
    const isTogether = result.isolate && batch.inferences.length > 1;
    const code = isTogether ? 'REFUSED_TOGETHER' : result.code;
    batch.inferences.forEach((_, index) => this.reject(batch, { index, code, reason: result.reason }));
  }

  // Last in, first out: the earlier half goes first.
  private pushHalves(batch: InferenceBatch): void {
    const [first, second] = halves(batch);
    this.jobs.push(second, first);
  }

  private reject(batch: InferenceBatch, row: RefusedRow): void {
    const inference = batch.inferences[row.index];
    if (inference !== undefined) this.rejected.push({ inference, code: row.code, reason: row.reason });
  }

  private halt(batch: InferenceBatch, stop: DeliveryStop): void {
    this.undelivered += batch.inferences.length;
    this.stop ??= stop;
  }
}

/** A sink that names a row twice, or one that is not there, breaks its contract: counts would be wrong without a word. */
function checkIndexes(batch: InferenceBatch, result: Extract<DeliveryResult, { kind: 'partial' }>): void {
  const indexes = [...result.rejected.map((row) => row.index), ...result.retry];
  const isSound =
    new Set(indexes).size === indexes.length &&
    indexes.every((at) => Number.isInteger(at) && at >= 0 && at < batch.inferences.length);
  if (!isSound) throw new RangeError('a sink answered for rows its batch does not have, or twice for one row');
}
