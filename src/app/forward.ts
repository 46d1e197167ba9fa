import type { Message, Notice } from '../aws/notifications';
import type { SinkConfig } from '../config/model-config';
import { addTally, emptyTally, type TallyCounts } from '../core/tally';
import { type FileWork } from './file-work';
import type { ForwardContext } from './forward-context';
import { forwardFile } from './forward-file';
import { freshQueue, handOver } from './hand-over';

export interface Failure {
  readonly messageId: string | null;
  readonly reason: string;
}

export interface ForwardResult {
  readonly failures: readonly Failure[];
  readonly tally: TallyCounts;
}

/**
 * One invocation: every notice of every message, each created object to each sink. Works are done one after another
 * and never stop each other. What has to come again is handed over as a fresh message where there is a ledger and a
 * queue; what cannot be is told at the end, by message.
 */
export async function forward(messages: readonly Message[], context: ForwardContext): Promise<ForwardResult> {
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

function worksOf(message: Message, notice: Notice, context: ForwardContext): readonly Omit<FileWork, 'isAlone'>[] {
  if (notice.kind !== 'created') return [];
  const { kind: _, sinks, ...rest } = notice;
  const canHandOver = freshQueue(message, context) !== null;
  return sinksOf(message, context)
    .filter((sink) => sinks === null || sinks.includes(sink.name))
    .map((sink) => ({ ...rest, sink, canHandOver }));
}

function sinksOf(message: Message, context: ForwardContext): readonly SinkConfig[] {
  const only = message.sourceArn === null ? undefined : context.sinkByQueue.get(message.sourceArn);
  return only === undefined ? context.config.sinks : context.config.sinks.filter((sink) => sink.name === only);
}
