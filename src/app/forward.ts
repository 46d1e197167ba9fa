import type { Created, Message } from '../aws/notifications';
import type { Log } from '../aws/log';
import type { ModelConfig, SinkConfig } from '../config/model-config';
import type { Clock, RetryPolicy } from '../core/deliver';
import { addTally, emptyTally, type TallyCounts } from '../core/tally';
import { forwardFile } from './forward-file';
import type { OpenSinks } from './open-sinks';

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
        addTally(total, done.tally);
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
