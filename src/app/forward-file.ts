import type { LogFields } from '../aws/log';
import type { Created } from '../aws/notifications';
import { type FileCounts, metricLine } from '../aws/metrics';
import type { SinkConfig } from '../config/model-config';
import { fileName } from '../core/capture-key';
import { codeOf, messageOf } from '../core/errors';
import type { WorkResult } from '../core/pipeline';
import { shownName } from '../core/shown-name';
import { SourceFailure } from '../core/source';
import { emptyTally, imbalance, type TallyCounts } from '../core/tally';
import type { OpenSink } from '../sinks/sink';
import { deliverFile } from './deliver-file';
import type { Forward } from './forward';
import { RejectionLog } from './rejection-log';
import { SkipLog } from './skip-log';

/** One work of an invocation, with everything it says: rejections, skips, the result line, the metric line. */
export interface Done {
  readonly tally: TallyCounts;
  /** Why the message must come again; null when it need not. */
  readonly failure: string | null;
}

/** Never throws: what nobody expected costs this work alone, and its message comes again. */
export async function forwardFile(created: Created, config: SinkConfig, context: Forward): Promise<Done> {
  const place = {
    sink: config.name,
    bucket: created.file.bucket,
    key: created.file.key,
    versionId: created.file.versionId,
  };
  const name = `${fileName(created.file)} → ${config.name}`;
  const leave = (reason: string, code: string): Done => {
    context.log('error', `sink ${config.name} takes nothing now: ${reason}`, { ...place, code });
    report(context, config, emptyTally(), 'inFlight');
    return { tally: emptyTally(), failure: `${name}: ${reason}` };
  };
  if (context.clock.nowMs() >= context.clock.deadlineMs)
    return leave('the time of this run is used up; the file comes again', 'TIME_USED_UP');
  try {
    const sink = await context.sinks.get(config, context.signal);
    if ('kind' in sink) return leave(sink.reason, sink.code);
    return await work(created, config, context, sink, place);
  } catch (error) {
    // The message of a bug may quote payload; its name and code do not.
    const what = codeOf(error) ?? (error instanceof Error ? error.name : 'unknown');
    context.log('error', `a bug of capture-relay stopped this work: ${what}`, {
      ...place,
      code: 'INTERNAL_ERROR',
      stack: stackOf(error),
    });
    report(context, config, emptyTally(), 'inFlight');
    return { tally: emptyTally(), failure: `${name}: a bug of capture-relay (${what})` };
  }
}

/** Where it happened, without the message. */
function stackOf(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return stack
    .replace(error instanceof Error ? messageOf(error) : '', '')
    .split('\n')
    .slice(1, 8)
    .map((line) => line.trim());
}

async function work(
  created: Created,
  config: SinkConfig,
  context: Forward,
  sink: OpenSink,
  place: LogFields,
): Promise<Done> {
  const { log, clock } = context;
  const startedMs = clock.nowMs();
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
  if (result.tally.repeatedIds > 0 && context.config.rules.identity !== 'eventId')
    log('warn', 'callers repeat inference ids; set identity: eventId to give every inference an id of its own', {
      ...place,
      repeatedIds: result.tally.repeatedIds,
    });
  if (result.surplusColumns.length > 0)
    log('warn', "columns the partner's model does not know were left out", {
      ...place,
      columns: result.surplusColumns.slice(0, 20).map(shownName),
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
