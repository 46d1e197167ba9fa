import * as z from 'zod';
import { MAX_MESSAGE_BYTES, messageBytes } from '../message';
import type { MemoryQueue } from '../queue';
import { SqsError } from '../sqs-error';
import { asSent, changeVisibility, HANDLE, SENT, send, VISIBILITY } from './message-operations';
import { type Operation, operation } from './operation';

/** The batch forms: rules for the whole request first, then each entry succeeds or fails by itself. */

const MAX_ENTRIES = 10;
const ID = z.object({ Id: z.string() });

export const SendMessageBatch = batch(
  ID.extend(SENT.shape),
  (queue, entry) => asSent(send(queue, entry)),
  checkTotalSize,
);

export const DeleteMessageBatch = batch(ID.extend(HANDLE.shape), (queue, { ReceiptHandle }) => {
  queue.delete(ReceiptHandle);
  return {};
});

export const ChangeMessageVisibilityBatch = batch(ID.extend(VISIBILITY.shape), (queue, entry) => {
  changeVisibility(queue, entry);
  return {};
});

function batch<Entry extends z.ZodType<{ Id: string }>>(
  entrySchema: Entry,
  one: (queue: MemoryQueue, entry: z.output<Entry>) => object,
  checkAll: (entries: readonly z.output<Entry>[]) => void = () => undefined,
): Operation {
  return operation(
    z.object({ QueueUrl: z.string(), Entries: z.array(entrySchema) }),
    ({ QueueUrl, Entries }, { queues }) => {
      const queue = queues.byUrl(QueueUrl);
      checkIds(Entries.map(({ Id }) => Id));
      checkAll(Entries);
      const Successful: object[] = [];
      const Failed: object[] = [];
      for (const entry of Entries) {
        try {
          Successful.push({ Id: entry.Id, ...one(queue, entry) });
        } catch (error) {
          if (!(error instanceof SqsError)) throw error;
          Failed.push({ Id: entry.Id, SenderFault: true, Code: error.queryCode, Message: error.message });
        }
      }
      return { Successful, Failed };
    },
  );
}

function checkIds(ids: readonly string[]): void {
  if (ids.length === 0) throw new SqsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (ids.length > MAX_ENTRIES) {
    throw new SqsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${MAX_ENTRIES}. You have sent ${ids.length}.`,
    );
  }
  if (!ids.every((id) => /^[\w-]{1,80}$/.test(id))) {
    throw new SqsError(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    );
  }
  if (new Set(ids).size < ids.length)
    throw new SqsError('BatchEntryIdsNotDistinct', 'Two or more batch entries have the same id.');
}

function checkTotalSize(entries: readonly z.output<typeof SENT>[]): void {
  let bytes = 0;
  for (const { MessageBody, MessageAttributes = {} } of entries) bytes += messageBytes(MessageBody, MessageAttributes);
  if (bytes > MAX_MESSAGE_BYTES) {
    throw new SqsError(
      'BatchRequestTooLong',
      `Batch requests cannot be longer than ${MAX_MESSAGE_BYTES} bytes. You have sent ${bytes} bytes.`,
    );
  }
}
