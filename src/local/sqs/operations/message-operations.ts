import * as z from 'zod';
import type { ReceivedMessage, StoredMessage } from '../message';
import { md5OfAttributes, selectAttributes } from '../message-attributes';
import type { MemoryQueue } from '../queue';
import { outOfRange, SqsError } from '../sqs-error';
import { operation } from './operation';

/** The operations on one message, and receiving. */

export const SENT = z.object({
  MessageBody: z.string(),
  DelaySeconds: z.number().optional(),
  MessageAttributes: z
    .record(
      z.string(),
      z.object({ DataType: z.string(), StringValue: z.string().optional(), BinaryValue: z.string().optional() }),
    )
    .optional(),
});

export const HANDLE = z.object({ ReceiptHandle: z.string() });
export const VISIBILITY = HANDLE.extend({ VisibilityTimeout: z.number().int() });

const ON_QUEUE = z.object({ QueueUrl: z.string() });

export const SendMessage = operation(ON_QUEUE.extend(SENT.shape), ({ QueueUrl, ...sent }, { queues }) =>
  asSent(send(queues.byUrl(QueueUrl), sent)),
);

export const DeleteMessage = operation(ON_QUEUE.extend(HANDLE.shape), ({ QueueUrl, ReceiptHandle }, { queues }) => {
  queues.byUrl(QueueUrl).delete(ReceiptHandle);
  return {};
});

export const ChangeMessageVisibility = operation(
  ON_QUEUE.extend(VISIBILITY.shape),
  ({ QueueUrl, ...change }, { queues }) => {
    changeVisibility(queues.byUrl(QueueUrl), change);
    return {};
  },
);

const RECEIVE = ON_QUEUE.extend({
  MaxNumberOfMessages: z.number().int().default(1),
  WaitTimeSeconds: z.number().int().optional(),
  VisibilityTimeout: z.number().int().optional(),
  /** The older name of the next. */
  AttributeNames: z.array(z.string()).default([]),
  MessageSystemAttributeNames: z.array(z.string()).default([]),
  MessageAttributeNames: z.array(z.string()).default([]),
});

const MAX_RECEIVED = 10;
const MAX_WAIT_SECONDS = 20;

export const ReceiveMessage = operation(RECEIVE, async (input, { queues, signal }) => {
  const queue = queues.byUrl(input.QueueUrl);
  const { MaxNumberOfMessages: max, WaitTimeSeconds: waitSeconds = queue.settings.receiveWaitSeconds } = input;
  if (max < 1 || max > MAX_RECEIVED) throw outOfRange('MaxNumberOfMessages', max, 1, MAX_RECEIVED);
  if (waitSeconds < 0 || waitSeconds > MAX_WAIT_SECONDS)
    throw outOfRange('WaitTimeSeconds', waitSeconds, 0, MAX_WAIT_SECONDS);
  const received = await queue.receive(max, {
    waitMs: waitSeconds * 1000,
    visibilitySeconds: input.VisibilityTimeout,
    signal,
  });
  const system = [...input.AttributeNames, ...input.MessageSystemAttributeNames];
  return received.length === 0
    ? {}
    : { Messages: received.map((message) => asMessage(message, system, input.MessageAttributeNames)) };
});

export function send(queue: MemoryQueue, sent: z.output<typeof SENT>): StoredMessage {
  return queue.enqueue(sent.MessageBody, {
    delaySeconds: sent.DelaySeconds,
    messageAttributes: sent.MessageAttributes,
  });
}

export function changeVisibility(queue: MemoryQueue, change: z.output<typeof VISIBILITY>): void {
  if (queue.changeVisibility(change.ReceiptHandle, change.VisibilityTimeout) === 'not-in-flight') {
    throw new SqsError('MessageNotInflight', 'The message referred to is not in flight.');
  }
}

export function asSent(message: StoredMessage): object {
  return {
    MessageId: message.messageId,
    MD5OfMessageBody: message.md5OfBody,
    ...(message.md5OfMessageAttributes === null ? {} : { MD5OfMessageAttributes: message.md5OfMessageAttributes }),
  };
}

function asMessage(message: ReceivedMessage, system: readonly string[], asked: readonly string[]): object {
  const attributes = Object.entries(message.attributes).filter(
    ([name]) => system.includes('All') || system.includes(name),
  );
  const messageAttributes = selectAttributes(message.messageAttributes, asked);
  const digest = md5OfAttributes(messageAttributes);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: message.md5OfBody,
    Body: message.body,
    ...(attributes.length === 0 ? {} : { Attributes: Object.fromEntries(attributes) }),
    ...(digest === null ? {} : { MessageAttributes: messageAttributes, MD5OfMessageAttributes: digest }),
  };
}
