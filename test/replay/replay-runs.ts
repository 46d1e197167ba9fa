import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseModelConfig, type SinkConfig } from '../../src/config/model-config';
import type { SourceFailure } from '../../src/core/source';
import type { CaptureEvent, DeliveryResult, InferenceBatch, Rejection } from '../../src/core/types';
import { diskSource } from '../../src/replay/disk-source';
import { type Replay, type RunningReplay, startReplay } from '../../src/replay/replay';
import type { ReplaySource } from '../../src/replay/replay-source';
import type { SinkProgress } from '../../src/replay/sink-progress';
import { Stop } from '../../src/replay/stop';
import type { OpenSink } from '../../src/sinks/sink';
import { captureFileText } from '../support/capture-events';

/** A folder of capture files, sinks in memory, and a replay from one to the others. */

/** Makes a folder of its own; names are paths below it. */
export function folderWith(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'replay-'));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return folder;
}

/** A capture file's path in Data Capture's layout: `at` is `dd/hh/mm-ss`. */
export const keyAt = (at: string, variant = 'AllTraffic', ending = '.jsonl'): string => {
  const [day = '', hour = '', time = ''] = at.split('/');
  return `churn/${variant}/2026/09/${day}/${hour}/${time}-000-11111111-2222-4333-8444-555555555555${ending}`;
};

export const events = (...parts: readonly Partial<CaptureEvent>[]): string => captureFileText(parts);

/** A sink that keeps the ids it was given, and answers as it is told to. */
export interface MemorySink {
  readonly config: SinkConfig;
  readonly sink: OpenSink;
  readonly ids: string[];
  readonly batches: number[];
}

export interface MemorySinkOptions {
  readonly maxBatchInferences?: number;
  readonly answer?: (
    batch: InferenceBatch,
    signal: AbortSignal,
    call: number,
  ) => Promise<DeliveryResult> | DeliveryResult;
}

export function memorySink(name: string, options: MemorySinkOptions = {}): MemorySink {
  const [base] = parseModelConfig({ model: 'm', sinks: [{ type: 'file', name, path: 'unused' }] }).sinks;
  if (base === undefined) throw new Error('no sink');
  const limits = { ...base.limits, maxInFlight: 2, maxBatchInferences: options.maxBatchInferences ?? 100 };
  const ids: string[] = [];
  const batches: number[] = [];
  const sink: OpenSink = {
    template: null,
    columns: null,
    needsTime: 'no',
    deliver: async (batch, signal) => {
      batches.push(batch.inferences.length);
      const result = (await options.answer?.(batch, signal, batches.length)) ?? { kind: 'delivered' };
      if (result.kind === 'delivered') ids.push(...batch.inferences.map((each) => each.partnerInferenceId));
      return result;
    },
    close: () => Promise.resolve(),
  };
  return { config: { ...base, limits }, sink, ids, batches };
}

export interface ReplayRun {
  readonly progress: readonly SinkProgress[];
  readonly rejections: readonly { readonly sink: string; readonly rejection: Rejection }[];
  readonly left: readonly string[];
  readonly unread: readonly { readonly sink: string; readonly key: string; readonly failure: SourceFailure }[];
}

/** Fails the test when the sums of any file do not close. */
export function start(
  source: Pick<ReplaySource, 'read' | 'files'>,
  parts: Partial<Replay> & Pick<Replay, 'sinks' | 'open'>,
): { running: RunningReplay; stop: Stop; run: () => Promise<ReplayRun> } {
  const stop = parts.stop ?? new Stop();
  const rejections: { sink: string; rejection: Rejection }[] = [];
  const unread: { sink: string; key: string; failure: SourceFailure }[] = [];
  const unbalanced: string[] = [];
  const left: string[] = [];
  const running = startReplay({
    rules: parseModelConfig({ model: 'm', sinks: [{ type: 'file', path: 'unused' }] }).rules,
    window: null,
    leased: null,
    isDryRun: false,
    maxPerSecond: null,
    stop,
    retry: { maxAttempts: 2, baseDelayMs: 1, maxDelayMs: 1, maxIsolationRequests: 8 },
    watcher: {
      rejected: (sink, rejection) => void rejections.push({ sink, rejection }),
      unread: (sink, { file }, failure) => void unread.push({ sink, key: file.key, failure }),
      left: (sink, { file }, why) => void left.push(`${sink} ${file.key}: ${why}`),
      fileEnded: () => undefined,
      unbalanced: (sink, { file }, problems) => void unbalanced.push(`${sink} ${file.key}: ${problems.join()}`),
    },
    source,
    files: source.files,
    ...parts,
  });
  const run = async (): Promise<ReplayRun> => {
    await running.ended;
    expect(unbalanced).toEqual([]);
    return { progress: running.progress, rejections, unread, left };
  };
  return { running, stop, run };
}

/** The files of a folder to sinks in memory. */
export async function replayFolder(
  folder: string,
  sinks: readonly MemorySink[],
  parts: Partial<Replay> = {},
): Promise<ReplayRun> {
  return start(await diskSource(folder), { ...inMemory(sinks), ...parts }).run();
}

export function inMemory(sinks: readonly MemorySink[]): Pick<Replay, 'sinks' | 'open'> {
  return {
    sinks: sinks.map(({ config }) => config),
    open: ({ name }) => {
      const found = sinks.find(({ config }) => config.name === name);
      if (found === undefined) throw new Error(`no sink ${name}`);
      return Promise.resolve(found.sink);
    },
  };
}
