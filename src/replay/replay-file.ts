import { deliverFile, type FileRecord } from '../app/deliver-file';
import type { SinkConfig } from '../config/model-config';
import type { BatchOutcome, Clock, DeliveryStop, RetryPolicy } from '../core/deliver';
import type { ModelRules } from '../core/inference';
import type { WorkResult } from '../core/work';
import type { Rejection, Skip } from '../core/types';
import type { OpenSink } from '../sinks/sink';
import { captureBytes } from './capture-bytes';
import { from } from './range-of';
import type { ReplayFile, ReplaySource } from './replay-source';
import type { SinkProgress } from './sink-progress';
import type { TimeWindow } from './time-window';

/** One work of a replay: one capture file to one sink, exactly as the function would deliver it. */
export interface ReplayWork {
  readonly source: Pick<ReplaySource, 'read'>;
  readonly rules: ModelRules;
  readonly config: SinkConfig;
  readonly sink: OpenSink;
  readonly window: TimeWindow | null;
  readonly clock: Clock;
  /** Aborted when open requests must end now. */
  readonly cut: AbortSignal;
  readonly retry: RetryPolicy;
  readonly progress: SinkProgress;
  readonly onRejection: (rejection: Rejection) => void;
  /** Set when the run shares a ledger with others. */
  readonly lease?: {
    readonly maySend: () => Promise<DeliveryStop | null>;
    readonly onBatch: (outcome: BatchOutcome) => void;
    /** Null for a sink that takes whole files. */
    readonly progress: FileRecord | null;
  };
}

/** Adds what it did to the progress. */
export async function replayFile({ file, byteLength, eTag }: ReplayFile, work: ReplayWork): Promise<WorkResult> {
  const { config, progress, rules, window, lease } = work;
  const readBefore = progress.bytes.read;
  const broken: Rejection[] = [];
  const bytes = captureBytes({
    file,
    stored: work.source.read(file, work.cut, lease === undefined ? null : eTag),
    maxLineBytes: rules.maxLineBytes,
    filter:
      window === null
        ? null
        : {
            window,
            file,
            maxLineBytes: rules.maxLineBytes,
            onOutside: () => (progress.linesOutside += 1),
            onTimeless: () => (progress.timelessEvents += 1),
          },
    onRead: (count) => (progress.bytes.read += count),
    onBroken: (rejection) => broken.push(rejection),
  });
  const startByte = lease?.progress?.start.byteOffset ?? 0;
  const deliveredBefore = progress.delivered;
  const result = await deliverFile({
    file,
    bytes: startByte === 0 ? bytes : from(bytes, startByte),
    rules,
    config,
    sink: work.sink,
    clock: work.clock,
    signal: work.cut,
    retry: work.retry,
    onRejection: work.onRejection,
    onSkip: (skip) => noteSkip(progress, skip),
    onBatch: (outcome) => {
      progress.delivered += outcome.delivered;
      progress.partnerIds += outcome.ids.length;
      lease?.onBatch(outcome);
    },
    ...(lease === undefined ? {} : { maySend: lease.maySend }),
    ...(lease?.progress == null ? {} : { progress: lease.progress }),
  });
  // A sink that stores by file takes back what it said of the batches when the file could not be finished.
  progress.delivered = deliveredBefore + result.tally.delivered;
  // A file that could not be read, or has changed since it was listed, still counts as one file's way.
  if (result.complete || result.source !== null) progress.bytes.read = readBefore + byteLength;
  for (const rejection of broken) work.onRejection(rejection);
  return broken.length === 0 ? result : withBrokenLine(result);
}

/** The broken place counts as one line that could not be read. */
function withBrokenLine(result: WorkResult): WorkResult {
  const { lines, rejectedLines, captured, quarantined } = result.tally;
  return {
    ...result,
    tally: {
      ...result.tally,
      lines: lines + 1,
      rejectedLines: rejectedLines + 1,
      captured: captured + 1,
      quarantined: quarantined + 1,
    },
  };
}

function noteSkip({ skips }: SinkProgress, skip: Skip): void {
  const known = skips.get(skip.kind);
  if (known === undefined) skips.set(skip.kind, { reason: skip.reason, inferences: skip.inferences });
  else known.inferences += skip.inferences;
}
