import type { LogFields } from '../aws/log';
import { capturedEventsLine, type FileCounts, metricLine, stoppedSinkLine } from '../aws/metrics';
import type { SinkConfig } from '../config/model-config';
import { codeOf, placesOf } from '../core/errors';
import type { WorkResult } from '../core/work';
import { shownName } from '../core/shown-name';
import type { Rejection } from '../core/types';
import { emptyTally, imbalance, type TallyCounts } from '../core/tally';
import type { LedgerCounts } from '../ledger/entry';
import type { FileEnd } from './file-end';
import type { ForwardContext } from './forward-context';

/** Everything a run says of one file: the work line, warnings, the metric line. Holds no payload. */
export class FileReport {
  private readonly startedMs: number;

  constructor(
    private readonly context: ForwardContext,
    private readonly config: SinkConfig,
    readonly place: LogFields,
  ) {
    this.startedMs = context.clock.nowMs();
  }

  /** A run that read the file. `ledger`: the file's sums over all its runs, where a ledger keeps them. */
  ended(result: WorkResult, end: FileEnd, ledger: LedgerCounts | null): void {
    const { log, clock } = this.context;
    this.warnings(result);
    const state = stateOf(end);
    this.metrics(result.tally, state);
    const isWell = state === 'done' || state === 'superseded' || (end.kind === 'later' && end.code === 'TIME_USED_UP');
    log(isWell ? 'info' : 'error', sentenceOf(end, result), {
      ...this.place,
      state,
      ...(end.kind === 'later' ? { code: end.code } : {}),
      ...result.tally,
      ...(ledger === null ? {} : { ledger: [ledger] }),
      durationMs: Math.round(clock.nowMs() - this.startedMs),
    });
  }

  /** A run that could not begin because the sink, or the state store, takes nothing. */
  notBegun({ code, reason }: { readonly code: string; readonly reason: string }): void {
    this.context.log('error', `sink ${this.config.name} takes nothing now: ${reason}`, { ...this.place, code });
    this.metrics(emptyTally(), 'inFlight');
  }

  /** A run that did not begin, as it should be: others know of the trouble, or have the file. */
  waits({ code, reason }: { readonly code: string; readonly reason: string }): void {
    this.context.log('info', `the file waits: ${reason}`, { ...this.place, code });
    this.metrics(emptyTally(), 'inFlight');
  }

  /** A file that nobody can go on with until a person acts. */
  heldBack({ code, reason }: { readonly code: string; readonly reason: string }): void {
    this.context.log('error', `the file is held back: ${reason}`, { ...this.place, code });
    this.metrics(emptyTally(), 'inFlight');
  }

  /** A file was quarantined as a whole. */
  givenUp(sink: string, { code, reason }: Rejection, tally: TallyCounts): void {
    this.context.log('error', `given up for sink ${sink}: ${reason}`, { ...this.place, code, state: 'done', ...tally });
    this.metrics(tally, 'done');
  }

  /** Events that no run will count again: with a ledger those put on record, without one those of a file at its end. */
  capturedEvents(key: string, events: number): void {
    if (events > 0)
      this.context.emit(capturedEventsLine(this.context.config.model, this.config.name, key, events, Date.now()));
  }

  /** The one line an alarm looks at: a sink takes nothing, from nobody. */
  sinkStopped(kind: 'unavailable' | 'misconfigured'): void {
    this.context.emit(stoppedSinkLine(this.context.config.model, this.config.name, kind, Date.now()));
  }

  /** The message of a bug may quote payload; its name, code and place do not. Returns what to call it. */
  bug(error: unknown): string {
    const what = codeOf(error) ?? (error instanceof Error ? error.name : 'unknown');
    this.context.log('error', `a bug of capture-relay stopped this work: ${what}`, {
      ...this.place,
      code: 'INTERNAL_ERROR',
      stack: placesOf(error),
    });
    this.metrics(emptyTally(), 'inFlight');
    return what;
  }

  private warnings({ tally, surplusColumns }: WorkResult): void {
    const { log, config } = this.context;
    if (tally.repeatedIds > 0 && config.rules.identity !== 'eventId')
      log('warn', 'callers repeat inference ids; set identity: eventId to give every inference an id of its own', {
        ...this.place,
        repeatedIds: tally.repeatedIds,
      });
    if (surplusColumns.length > 0)
      log('warn', "columns the partner's model does not know were left out", {
        ...this.place,
        columns: surplusColumns.slice(0, 20).map(shownName),
      });
    const unbalanced = imbalance(tally);
    if (unbalanced.length > 0)
      log('error', `the equation does not add up: ${unbalanced.join('; ')}`, { ...this.place, code: 'IMBALANCE' });
  }

  private metrics(tally: TallyCounts, state: keyof FileCounts): void {
    const files: FileCounts = { done: 0, inFlight: 0, gone: 0, superseded: 0, [state]: 1 };
    this.context.emit(metricLine(this.context.config.model, this.config.name, tally, files, Date.now()));
  }
}

const stateOf = (end: FileEnd): keyof FileCounts => {
  if (end.kind === 'later') return 'inFlight';
  return end.state === 'quarantined' ? 'done' : end.state;
};

function sentenceOf(end: FileEnd, result: WorkResult): string {
  if (end.kind === 'later') return end.reason;
  return end.state === 'done' ? 'capture file done' : (result.source?.message ?? end.state);
}
