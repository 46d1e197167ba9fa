import { mergePlans } from '../core/column-plan';
import { type BatchOutcome, type Clock, type DeliveryStop, RETRY_POLICY, type RetryPolicy } from '../core/deliver';
import { passThrough, type StoredBytes } from '../core/pass-through';
import { runWork } from '../core/pipeline';
import type { WorkResult } from '../core/work';
import type { FileProgress, ProgressTracker } from '../core/progress';
import type { CaptureFile, Rejection, Skip } from '../core/types';
import type { ModelRules } from '../core/inference';
import type { SinkConfig } from '../config/model-config';
import type { OpenSink } from '../sinks/sink';

/** One work: one capture file to one open sink, from its bytes to the numbers of the equation. */
export interface DeliverFile {
  readonly file: CaptureFile;
  readonly bytes: StoredBytes;
  readonly rules: ModelRules;
  readonly config: Pick<SinkConfig, 'route' | 'columns' | 'limits'>;
  readonly sink: OpenSink;
  readonly clock: Clock;
  /** Aborted when the run must end: open requests are cut and their batches stay in flight. */
  readonly signal: AbortSignal;
  readonly onRejection: (rejection: Rejection) => void;
  readonly onSkip: (skip: Skip) => void;
  /** After each batch: what the partner said of it. */
  readonly onBatch?: (outcome: BatchOutcome) => void;
  readonly retry?: RetryPolicy;
  /** When to stop reading, on the scale of the clock: open requests may still end. Default: its deadline. */
  readonly readUntilMs?: number;
  /** Asked before each request; a stop when nothing may be sent. */
  readonly maySend?: () => Promise<DeliveryStop | null>;
  /** For sinks that take batches: goes on in the middle of a file, and puts progress on record. */
  readonly progress?: FileRecord;
}

export interface FileRecord {
  /** What earlier runs settled; `bytes` begin there. */
  readonly start: FileProgress;
  readonly hasDelivered: boolean;
  readonly record: (settled: ProgressTracker) => Promise<DeliveryStop | null>;
}

/** A sink that stores a capture file as a whole: nothing of it is delivered before all is. */
export const takesWholeFiles = (sink: OpenSink): boolean =>
  sink.passThrough !== undefined || sink.finishFile !== undefined;

export async function deliverFile(work: DeliverFile): Promise<WorkResult> {
  const { config, sink, clock, maySend } = work;
  const shouldStop = (): boolean => clock.nowMs() >= (work.readUntilMs ?? clock.deadlineMs);
  if (sink.passThrough !== undefined)
    return passThrough({
      ...work,
      sink: sink.passThrough,
      route: config.route,
      shouldStop,
      ...(maySend === undefined ? {} : { maySend }),
    });
  const own = {
    ...work.rules.plan,
    inputs: config.columns.inputs ?? work.rules.plan.inputs,
    outputs: config.columns.outputs ?? work.rules.plan.outputs,
  };
  const plan = mergePlans(own, sink.columns);
  const result = await orDiscarded(work, () =>
    runWork({
      file: work.file,
      bytes: work.bytes,
      rules: {
        ...work.rules,
        plan,
        input: { ...work.rules.input, columns: plan.inputs },
        output: { ...work.rules.output, columns: plan.outputs },
      },
      route: config.route,
      template: sink.template,
      needsTime: sink.needsTime,
      maxInferenceBytes: config.limits.maxInferenceBytes,
      limits: config.limits,
      delivery: {
        send: (batch) => sink.deliver(batch, work.signal),
        retry: work.retry ?? RETRY_POLICY,
        clock,
        ...(maySend === undefined ? {} : { maySend }),
      },
      maxInFlight: config.limits.maxInFlight,
      onRejection: work.onRejection,
      onSkip: work.onSkip,
      ...(work.onBatch === undefined ? {} : { onBatch: work.onBatch }),
      shouldStop,
      ...work.progress,
    }),
  );
  return sink.finishFile === undefined
    ? result
    : finished(result, await sink.finishFile(work.file, { complete: result.complete }));
}

/** After a bug in the middle of a file, a sink that stores by file must not keep the half it has. */
async function orDiscarded(work: DeliverFile, run: () => Promise<WorkResult>): Promise<WorkResult> {
  try {
    return await run();
  } catch (error) {
    await work.sink.finishFile?.(work.file, { complete: false });
    throw error;
  }
}

/** A sink that stores by file (a disk) has delivered nothing until the file is in its place. */
function finished(result: WorkResult, end: Awaited<ReturnType<NonNullable<OpenSink['finishFile']>>>): WorkResult {
  if (end.kind === 'delivered' || end.kind === 'accepted') return result;
  const tally = {
    ...result.tally,
    inFlight: result.tally.inFlight + result.tally.delivered,
    delivered: 0,
    accepted: 0,
  };
  const reason = 'reason' in end ? end.reason : 'the file could not be finished';
  const kind = end.kind === 'misconfigured' ? 'misconfigured' : 'unavailable';
  const code = end.kind === 'misconfigured' ? end.code : 'SINK_UNAVAILABLE';
  return {
    ...result,
    tally,
    complete: false,
    stop: result.stop ?? (result.complete ? { kind, code, reason, waitMs: null } : null),
  };
}
