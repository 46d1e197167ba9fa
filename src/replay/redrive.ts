import { relayState } from '../app/open-state';
import type { ModelConfig, SinkConfig } from '../config/model-config';
import type { DeliveryStop, RetryPolicy } from '../core/deliver';
import type { LineSource } from '../quarantine/quarantined-line';
import { unitsOf } from '../quarantine/refusal';
import { type FileSegments, type HourRange, openOrNote, segmentsByFile } from '../quarantine/segments';
import type { OpenSink } from '../sinks/sink';
import { type StateStore, StoreUnavailable } from '../store/state-store';
import { redriveFile } from './redrive-file';
import { addTo, type SinkRedrive, startSinkRedrive } from './sink-redrive';
import type { Stop } from './stop';
import { watchedSink } from './watched-sink';

/**
 * What is in quarantine back through the chain, after a fix of the configuration or of the decoder: exactly the refused
 * inferences, with the ids and places they would have had. Sinks are independent of each other.
 */
export interface Redrive {
  readonly store: StateStore;
  readonly config: ModelConfig;
  readonly sinks: readonly SinkConfig[];
  readonly open: (config: SinkConfig, signal: AbortSignal) => Promise<OpenSink | DeliveryStop>;
  /** Null: whatever the code. */
  readonly codes: ReadonlySet<string> | null;
  readonly hours: HourRange | null;
  /** Count only: nothing is opened, sent or written. */
  readonly isDryRun: boolean;
  /** Bytes of a line that the quarantine does not keep; null when they cannot be had any more. */
  readonly readOriginal: (source: LineSource, byteOffset: number, byteLength: number) => Promise<Buffer | null>;
  readonly stop: Pick<Stop, 'isAsked' | 'asked' | 'cut' | 'clock'>;
  /** Of this program. */
  readonly version: string;
  readonly retry: RetryPolicy;
  /** After each file with something to bring back. */
  readonly onFile: (progress: SinkRedrive) => void;
}

export interface RunningRedrive {
  /** One a sink, in their order; change while it runs. */
  readonly progress: readonly SinkRedrive[];
  /** Rejects only for a bug, after the other sinks have ended. */
  readonly ended: Promise<void>;
}

export function startRedrive(redrive: Redrive): RunningRedrive {
  const runs = redrive.sinks.map((sink) => ({ sink, progress: startSinkRedrive(sink.name) }));
  const ended = Promise.allSettled(runs.map(({ sink, progress }) => redriveSink(sink, progress, redrive))).then(
    (results) => {
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
  );
  return { progress: runs.map(({ progress }) => progress), ended };
}

async function redriveSink(config: SinkConfig, progress: SinkRedrive, redrive: Redrive): Promise<void> {
  const clock = redrive.stop.clock();
  const rate = relayState(redrive.store, redrive.config, clock).rate(config);
  const mayGo = async (): Promise<DeliveryStop | null> => {
    const answer = await rate?.take(Number.POSITIVE_INFINITY);
    const reason = 'the rate of the sink could not be agreed on';
    return answer?.kind === 'later' ? { kind: 'unavailable', code: 'SINK_RATE_LIMIT', reason, waitMs: null } : null;
  };
  let sink: OpenSink | null = null;
  try {
    const { store, hours } = redrive;
    for await (const file of segmentsByFile(store, { model: redrive.config.model, sink: config.name, hours })) {
      if (redrive.stop.isAsked) return;
      if (!(await look(file, progress, redrive))) continue;
      progress.files += 1;
      if (!redrive.isDryRun) {
        sink ??= await opened(config, progress, redrive);
        if (sink === null) return;
        const stop = await redriveFile(file, { redrive, config, sink, clock, mayGo, progress });
        // Asked to stop, the chain ends as it does when a sink takes nothing: that says nothing of the sink.
        progress.stop = redrive.stop.isAsked ? null : stop;
      }
      redrive.onFile(progress);
      if (progress.stop !== null) return;
    }
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    progress.stop = { code: 'STATE_UNAVAILABLE', reason: error.message };
  } finally {
    await rate?.giveBack();
  }
}

/** Whether anything of a file is asked for: without that it is not worth a lease. */
async function look(file: FileSegments, progress: SinkRedrive, { store, codes }: Redrive): Promise<boolean> {
  let isAsked = false;
  for (const listed of file.segments) {
    const segment = await openOrNote(store, listed, progress.unreadable);
    for (const { refusals } of segment?.lines.values() ?? [])
      for (const refusal of refusals) {
        if (codes !== null && !codes.has(refusal.code)) continue;
        addTo(progress.found, refusal.code, unitsOf(refusal));
        isAsked = true;
      }
  }
  return isAsked;
}

async function opened(config: SinkConfig, progress: SinkRedrive, redrive: Redrive): Promise<OpenSink | null> {
  const { stop, open } = redrive;
  const sink = await open(config, stop.asked);
  if ('kind' in sink) progress.stop = sink;
  // Such a sink has one output file for each capture file: a part of one would take the place of the whole.
  else if (sink.finishFile !== undefined) progress.stop = { code: null, reason: WHOLE_FILES };
  else return watchedSink(sink, { requests: progress.requests, pace: null, stop });
  return null;
}

const WHOLE_FILES =
  'this sink stores each capture file as a whole, so nothing of one can be brought to it by itself; replay the files with --again';
