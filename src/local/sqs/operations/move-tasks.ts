import * as z from 'zod';
import { newMessage } from '../message';
import type { MemoryQueue } from '../queue';
import { SqsError } from '../sqs-error';
import { operation } from './operation';

/** Redrive: the messages of a dead-letter queue back to where they came from. Done at once, not in the background. */

/** A finished task, newest first, as ListMessageMoveTasks shows it. */
export type MoveTasks = { readonly SourceArn: string; readonly [name: string]: string | number }[];

export const StartMessageMoveTask = operation(
  z.object({ SourceArn: z.string(), DestinationArn: z.string().optional() }),
  ({ SourceArn, DestinationArn }, { queues, moveTasks, now }) => {
    const source = queues.findByArn(SourceArn);
    const destination = DestinationArn === undefined ? undefined : queues.findByArn(DestinationArn);
    if (source === undefined || (DestinationArn !== undefined && destination === undefined)) {
      throw new SqsError(
        'ResourceNotFoundException',
        "The resource that you specified for the SourceArn parameter doesn't exist.",
      );
    }
    if (!queues.all().some(({ settings }) => settings.redrive?.deadLetterTargetArn === SourceArn)) {
      throw new SqsError('InvalidParameterValue', 'Source queue must be configured as a Dead Letter Queue.');
    }
    const { moved, kept } = move(
      source,
      (arn) => destination ?? (arn === null ? undefined : queues.findByArn(arn)),
      now(),
    );
    moveTasks.unshift({
      SourceArn,
      ...(DestinationArn === undefined ? {} : { DestinationArn }),
      Status: kept === 0 ? 'COMPLETED' : 'FAILED',
      ...(kept === 0 ? {} : { FailureReason: 'CouldNotDetermineMessageSource' }),
      ApproximateNumberOfMessagesMoved: moved,
      ApproximateNumberOfMessagesToMove: moved + kept,
      StartedTimestamp: now(),
    });
    return { TaskHandle: Buffer.from(`${SourceArn} ${moveTasks.length}`).toString('base64url') };
  },
);

export const ListMessageMoveTasks = operation(
  z.object({ SourceArn: z.string(), MaxResults: z.number().int().min(1).max(10).default(1) }),
  ({ SourceArn, MaxResults }, { moveTasks }) => ({
    Results: moveTasks.filter((task) => task.SourceArn === SourceArn).slice(0, MaxResults),
  }),
);

/** A moved message is a new one, with a new id, time and count, as AWS documents for redrive. */
function move(
  source: MemoryQueue,
  targetOf: (sourceArn: string | null) => MemoryQueue | undefined,
  nowMs: number,
): { moved: number; kept: number } {
  let moved = 0;
  let kept = 0;
  for (const message of source.drain()) {
    const target = targetOf(message.sourceArn);
    if (target === undefined) {
      source.put(message);
      kept += 1;
    } else {
      target.put(newMessage(message.body, message.messageAttributes, nowMs, nowMs));
      moved += 1;
    }
  }
  return { moved, kept };
}
