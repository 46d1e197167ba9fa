import type { Created, Message } from '../aws/notifications';
import type { Log } from '../aws/log';
import { metricLine, type FileCounts } from '../aws/metrics';
import type { ModelConfig, SinkConfig } from '../config/model-config';
import { fileName } from '../core/capture-key';
import type { Clock, RetryPolicy } from '../core/deliver';
import type { WorkResult } from '../core/pipeline';
import { SourceFailure } from '../core/source';
import { emptyTally, imbalance, type TallyCounts } from '../core/tally';
import { deliverFile } from './deliver-file';
import type { OpenSinks } from './open-sinks';
import { RejectionLog } from './rejection-log';
import { SkipLog } from './skip-log';

/**
 * One invocation: every notice of every message, each created object to each sink. Works are done one after another
 * and never stop each other; what failed is told at the end, by message.
 */
export interface Forward {
  readonly config: ModelConfig;
  readonly sinks: OpenSinks;
  readonly read: (created: Created, signal: AbortSignal) => AsyncIterable<Uint8Array>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Prints a metric line; it must stand alone on its line. */
  readonly emit: (line: string) => void;
  readonly retry?: RetryPolicy;
  /** ARN of a queue → the one sink it feeds. A message of any other source goes to every sink. */
  readonly sinkByQueue: ReadonlyMap<string, string>;
}

export interface Failure {
  readonly messageId: string | null;
  readonly reason: string;
}

export interface ForwardResult {
  readonly failures: readonly Failure[];
  readonly tally: TallyCounts;
}

export async function forward(messages: readonly Message[], context: Forward): Promise<ForwardResult> {
  const failures: Failure[] = [];
  const total = emptyTally();
  for (const message of messages) {
    const fail = (reason: string): void => void failures.push({ messageId: message.messageId, reason });
    for (const notice of message.notices) {
      if (notice.kind === 'ignored') context.log('info', `acknowledged without work: ${notice.what}`);
      if (notice.kind === 'unreadable') {
        context.log('error', `a message cannot be read: ${notice.reason}`, {
          code: 'MESSAGE_UNREADABLE',
          messageId: message.messageId,
        });
        fail(`a message cannot be read: ${notice.reason}`);
      }
      if (notice.kind !== 'created') continue;
      for (const sink of sinksOf(message, context)) {
        const done = await forwardFile(notice.created, sink, context);
        for (const name of Object.keys(total) as (keyof TallyCounts)[]) total[name] += done.tally[name];
        if (done.failure !== null) fail(done.failure);
      }
    }
  }
  return { failures, tally: total };
}

function sinksOf(message: Message, context: Forward): readonly SinkConfig[] {
  const only = message.sourceArn === null ? undefined : context.sinkByQueue.get(message.sourceArn);
  return only === undefined ? context.config.sinks : context.config.sinks.filter((sink) => sink.name === only);
}

interface Done {
  readonly tally: TallyCounts;
  /** Why the message must come again; null when it need not. */
  readonly failure: string | null;
}

async function forwardFile(created: Created, config: SinkConfig, context: Forward): Promise<Done> {
  const { log, clock } = context;
  const place = {
    sink: config.name,
    bucket: created.file.bucket,
    key: created.file.key,
    versionId: created.file.versionId,
  };
  const startedMs = clock.nowMs();
  const sink = await context.sinks.get(config);
  if ('kind' in sink) {
    log('error', `sink ${config.name} takes nothing now: ${sink.reason}`, { ...place, code: sink.code });
    report(context, config, emptyTally(), 'inFlight');
    return { tally: emptyTally(), failure: `${fileName(created.file)} → ${config.name}: ${sink.reason}` };
  }
  const rejections = new RejectionLog(log, place);
  const skips = new SkipLog(log, place);
  const result = await deliverFile({
    file: created.file,
    bytes: context.read(created, context.signal),
    rules: context.config.rules,
    config,
    sink,
    clock,
    signal: context.signal,
    onRejection: (rejection) => rejections.add(rejection),
    onSkip: (skip) => skips.add(skip),
    onBatch: ({ ids }) => ids.length > 0 && log('info', 'ids the partner gave', { ...place, ids }),
    ...(context.retry === undefined ? {} : { retry: context.retry }),
  });
  rejections.flush();
  skips.flush();
  if (result.stop?.kind === 'misconfigured') await context.sinks.drop(config);
  const { state, failure } = judge(result, created, config);
  report(context, config, result.tally, state);
  const fields = {
    ...place,
    state,
    ...(result.stop === null ? {} : { code: result.stop.code }),
    ...result.tally,
    durationMs: Math.round(clock.nowMs() - startedMs),
  };
  if (result.tally.repeatedIds > 0)
    log('warn', 'callers repeat inference ids; set identity: eventId to give every inference an id of its own', {
      ...place,
      repeatedIds: result.tally.repeatedIds,
    });
  if (result.surplusColumns.length > 0)
    log('warn', "columns the partner's model does not know were left out", {
      ...place,
      columns: result.surplusColumns.slice(0, 20),
    });
  const unbalanced = imbalance(result.tally);
  if (unbalanced.length > 0)
    log('error', `the equation does not add up: ${unbalanced.join('; ')}`, { ...place, code: 'IMBALANCE' });
  log(state === 'done' || state === 'superseded' ? 'info' : 'error', failure ?? describe(state, result), fields);
  return { tally: result.tally, failure };
}

type FileState = keyof FileCounts;

function judge(result: WorkResult, created: Created, config: SinkConfig): { state: FileState; failure: string | null } {
  const name = `${fileName(created.file)} → ${config.name}`;
  const { source, stop } = result;
  if (source instanceof SourceFailure) {
    if (source.kind === 'gone' || source.kind === 'superseded') return { state: source.kind, failure: null };
    return { state: 'inFlight', failure: source.message };
  }
  if (stop !== null) return { state: 'inFlight', failure: `${name}: ${stop.reason}` };
  return result.complete
    ? { state: 'done', failure: null }
    : { state: 'inFlight', failure: `${name}: the time of this run was used up; the file comes again` };
}

function describe(state: FileState, result: WorkResult): string {
  return state === 'done' ? 'capture file done' : (result.source?.message ?? state);
}

function report(context: Forward, config: SinkConfig, tally: TallyCounts, state: FileState): void {
  const files: FileCounts = { done: 0, inFlight: 0, gone: 0, superseded: 0, [state]: 1 };
  context.emit(metricLine(context.config.model, config.name, tally, files, Date.now()));
}
