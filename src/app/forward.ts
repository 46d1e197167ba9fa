import type { Created, Message, Notice } from '../aws/notifications';
import type { Log } from '../aws/log';
import type { WorkQueue } from '../aws/work-queue';
import type { ModelConfig, SinkConfig } from '../config/model-config';
import type { Clock, RetryPolicy } from '../core/deliver';
import { addTally, emptyTally, type TallyCounts } from '../core/tally';
import { type FileWork } from './file-work';
import { forwardFile } from './forward-file';
import { handOver } from './hand-over';
import type { OpenSinks } from './open-sinks';
import type { RelayState } from './relay-state';

/**
 * One invocation: every notice of every message, each created object to each sink. Works are done one after another
 * and never stop each other. What has to come again is handed over as a fresh message where there is a ledger and a
 * queue; what cannot be is told at the end, by message.
 */
export interface Forward {
  readonly config: ModelConfig;
  readonly sinks: OpenSinks;
  readonly read: (created: Created, signal: AbortSignal, fromByte: number) => AsyncIterable<Uint8Array>;
  /** Null when they cannot be read any more. */
  readonly readRange: (created: Created, byteOffset: number, byteLength: number) => Promise<Buffer | null>;
  readonly clock: Clock;
  /** No further line is read from then on, on the clock's scale; requests may end until its deadline. */
  readonly readUntilMs: number;
  /** When the process may be ended. */
  readonly endMs: number;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Prints a metric line; it must stand alone on its line. */
  readonly emit: (line: string) => void;
  readonly retry?: RetryPolicy;
  /** ARN of a queue → the one sink it feeds. A message of any other source goes to every sink. */
  readonly sinkByQueue: ReadonlyMap<string, string>;
  /** Null: no ledger, every file is delivered anew each time it comes. */
  readonly state: RelayState | null;
  /** Null: what has to come again comes by its old message. */
  readonly queue: WorkQueue | null;
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
  const works = messages.flatMap((message) =>
    message.notices.flatMap((notice) => worksOf(message, notice, context).map((work) => ({ message, work }))),
  );
  for (const message of messages)
    for (const notice of message.notices) {
      if (notice.kind === 'ignored') context.log('info', `acknowledged without work: ${notice.what}`);
      if (notice.kind !== 'unreadable') continue;
      const { messageId } = message;
      context.log('error', `a message cannot be read: ${notice.reason}`, { code: 'MESSAGE_UNREADABLE', messageId });
      failures.push({ messageId, reason: `a message cannot be read: ${notice.reason}` });
    }
  for (const { message, work } of works) {
    const done = await forwardFile({ ...work, isAlone: works.length === 1 }, context);
    addTally(total, done.tally);
    const reason = done.end.kind === 'final' ? null : await handOver(message, work, done.end, context);
    if (reason !== null) failures.push({ messageId: message.messageId, reason });
  }
  // Places in the sinks' rates that nobody here needs any more.
  for (const sink of context.config.sinks) await context.state?.rate(sink)?.giveBack();
  return { failures, tally: total };
}

function worksOf(message: Message, notice: Notice, context: Forward): readonly Omit<FileWork, 'isAlone'>[] {
  if (notice.kind !== 'created') return [];
  const { created, waits, firstSeenMs, sinks } = notice;
  return sinksOf(message, context)
    .filter((sink) => sinks === null || sinks.includes(sink.name))
    .map((sink) => ({ created, sink, waits, firstSeenMs }));
}

function sinksOf(message: Message, context: Forward): readonly SinkConfig[] {
  const only = message.sourceArn === null ? undefined : context.sinkByQueue.get(message.sourceArn);
  return only === undefined ? context.config.sinks : context.config.sinks.filter((sink) => sink.name === only);
}
