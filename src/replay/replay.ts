import type { SinkConfig } from '../config/model-config';
import { type DeliveryStop, RETRY_POLICY, type RetryPolicy } from '../core/deliver';
import type { ModelRules } from '../core/inference';
import type { WorkResult } from '../core/work';
import type { SourceFailure } from '../core/source';
import { addTally, imbalance } from '../core/tally';
import type { Rejection } from '../core/types';
import type { OpenSink } from '../sinks/sink';
import { maxBatchAt, Pace } from './pace';
import { type LeasedReplay, replayLeased } from './leased-file';
import { replayFile, type ReplayWork } from './replay-file';
import type { ReplayFile, ReplaySource } from './replay-source';
import { passed, type SinkProgress, startProgress } from './sink-progress';
import type { Stop } from './stop';
import type { TimeWindow } from './time-window';
import { paperSink, watchedSink } from './watched-sink';

/**
 * History to sinks: every chosen file to each sink, the files of one sink one after another, the sinks beside each
 * other and independent. With a ledger, files that were delivered before are passed over, and a run that was killed
 * goes on where it was.
 */
export interface Replay {
  readonly source: Pick<ReplaySource, 'read'>;
  /** In order. */
  readonly files: readonly ReplayFile[];
  readonly rules: ModelRules;
  readonly sinks: readonly SinkConfig[];
  /** The signal is aborted when the replay is stopped. */
  readonly open: (config: SinkConfig, signal: AbortSignal) => Promise<OpenSink | DeliveryStop>;
  /** Null: all of time. */
  readonly window: TimeWindow | null;
  /** Count only: sinks are opened for their limits and the partner's schema, and nothing is sent. */
  readonly isDryRun: boolean;
  /** Inferences a second and sink; null: as fast as the sink takes them. */
  readonly maxPerSecond: number | null;
  readonly stop: Stop;
  /** Default `REPLAY_RETRY_POLICY`. */
  readonly retry?: RetryPolicy;
  readonly watcher: ReplayWatcher;
  /** Null: no state is kept, and what is replayed twice is delivered twice. */
  readonly leased: LeasedReplay | null;
}

export interface ReplayWatcher {
  readonly rejected: (sink: string, rejection: Rejection) => void;
  /** The file could not be read; the replay goes on with the next one. */
  readonly unread: (sink: string, file: ReplayFile, failure: SourceFailure) => void;
  /** Another run has the file: this one leaves it alone. */
  readonly left: (sink: string, file: ReplayFile, why: string) => void;
  /** After each file, whatever became of it. Awaited, so that a slow reader of the output is not overrun. */
  readonly fileEnded: (progress: SinkProgress) => Promise<void> | void;
  /** The sums of a file do not close: a bug of ours. */
  readonly unbalanced: (sink: string, file: ReplayFile, problems: readonly string[]) => void;
}

/** No queue stands behind a replay to bring a file again: 10 attempts, some 45 s on average, outlive a partner's restart. */
export const REPLAY_RETRY_POLICY: RetryPolicy = { ...RETRY_POLICY, maxAttempts: 10 };

export interface RunningReplay {
  /** One a sink, in their order; change while it runs. */
  readonly progress: readonly SinkProgress[];
  /** Resolves when every sink has ended. Rejects only for a bug, after the other sinks have ended. */
  readonly ended: Promise<void>;
}

export function startReplay(replay: Replay): RunningReplay {
  const runs = replay.sinks.map((config) => ({ config, progress: startProgress(config, replay.files) }));
  const ended = Promise.allSettled(runs.map(({ config, progress }) => replayToSink(config, progress, replay))).then(
    (results) => {
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
  );
  return { progress: runs.map(({ progress }) => progress), ended };
}

async function replayToSink(config: SinkConfig, progress: SinkProgress, replay: Replay): Promise<void> {
  const { stop, maxPerSecond, watcher } = replay;
  if (replay.files.length === 0) return;
  const opened = await openOrStop(config, replay);
  if ('kind' in opened) {
    progress.stop = stop.isAsked ? null : opened;
    return;
  }
  const clock = stop.clock();
  const pace = maxPerSecond === null || replay.isDryRun ? null : new Pace(maxPerSecond, clock);
  const sink = watchedSink(replay.isDryRun ? paperSink(opened) : opened, { requests: progress.requests, pace, stop });
  for (const file of replay.files) {
    if (stop.isAsked) return;
    progress.openFile = file;
    const work: ReplayWork = {
      source: replay.source,
      rules: replay.rules,
      config: maxPerSecond === null ? config : withSmallBatches(config, maxPerSecond),
      sink,
      window: replay.window,
      clock,
      cut: stop.cut,
      retry: replay.retry ?? REPLAY_RETRY_POLICY,
      progress,
      onRejection: (rejection) => watcher.rejected(config.name, rejection),
    };
    const result = await resultOf(file, config, work, progress, replay);
    if (result === 'none') {
      await watcher.fileEnded(progress);
      if (progress.stop !== null) return;
      continue;
    }
    addTally(progress.tally, result.tally);
    for (const column of result.surplusColumns) progress.surplusColumns.add(column);
    const problems = imbalance(result.tally);
    if (problems.length > 0) watcher.unbalanced(config.name, file, problems);
    const isOver = !settle(result, file, progress, replay);
    await watcher.fileEnded(progress);
    if (isOver) return;
  }
}

/** Null-like `none`: the ledger says that there is nothing for this run to do. */
async function resultOf(
  file: ReplayFile,
  config: SinkConfig,
  work: ReplayWork,
  progress: SinkProgress,
  { leased, isDryRun, watcher }: Replay,
): Promise<WorkResult | 'none'> {
  if (leased === null || isDryRun) return replayFile(file, work);
  const end = await replayLeased(file, config, work, leased);
  if (end.kind === 'ran') return end.result;
  if (end.kind === 'stopped') {
    progress.stop = end.stop;
    return 'none';
  }
  progress.bytes.read += file.byteLength;
  if (end.kind === 'left') progress.files.left += 1;
  passed(progress, file);
  if (end.kind === 'left') {
    watcher.left(config.name, file, end.why);
    return 'none';
  }
  progress.files.done += 1;
  progress.files.before += 1;
  return 'none';
}

/** Notes how the file ended; false when the sink takes no further one. */
function settle(
  { complete, stop, source }: Awaited<ReturnType<typeof replayFile>>,
  file: ReplayFile,
  progress: SinkProgress,
  replay: Replay,
): boolean {
  if (complete) progress.files.done += 1;
  else if (replay.stop.isAsked) return false;
  else if (stop !== null) {
    progress.stop = stop;
    return false;
  } else if (source !== null) {
    progress.files.unread += 1;
    replay.watcher.unread(progress.sink, file, source);
  }
  passed(progress, file);
  return true;
}

/** A partner that does not answer must not hold up a stop. */
async function openOrStop(config: SinkConfig, { open, stop }: Replay): Promise<OpenSink | DeliveryStop> {
  const { asked } = stop;
  const stopped: DeliveryStop = { kind: 'unavailable', code: 'SINK_UNAVAILABLE', reason: 'stopped', waitMs: null };
  if (asked.aborted) return stopped;
  return Promise.race([
    open(config, asked),
    new Promise<DeliveryStop>((resolve) => asked.addEventListener('abort', () => resolve(stopped), { once: true })),
  ]);
}

function withSmallBatches(config: SinkConfig, maxPerSecond: number): SinkConfig {
  const maxBatchInferences = Math.min(config.limits.maxBatchInferences, maxBatchAt(maxPerSecond));
  return { ...config, limits: { ...config.limits, maxBatchInferences } };
}
