import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { failedMessageIds } from '../../../src/local/lambda/batch-item-failures';
import type { InvokeResult } from '../../../src/local/lambda/invoke-result';

/** What AWS runs between a queue and a function, for any SQS: the client of AWS receives, the function is invoked. */
export interface QueueToFunction {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly invoke: (event: SQSEvent) => Promise<InvokeResult>;
}

export interface InvokedBatch {
  readonly bodies: readonly string[];
  readonly result: InvokeResult;
  /** Bodies of the messages that stay in the queue. */
  readonly failed: readonly string[];
}

/** Takes messages until the queue holds none: visible, in flight or delayed. A failed message comes back at once. */
export async function drainQueue(mapping: QueueToFunction): Promise<InvokedBatch[]> {
  const batches: InvokedBatch[] = [];
  for (;;) {
    const { Messages = [] } = await mapping.client.send(
      new ReceiveMessageCommand({
        QueueUrl: mapping.queueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    if (Messages.length > 0) batches.push(await runBatch(mapping, Messages));
    else if ((await messagesIn(mapping.client, mapping.queueUrl)) === 0) return batches;
  }
}

/** Messages the queue holds in any state. */
export async function messagesIn(client: SQSClient, queueUrl: string): Promise<number> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
  );
  const {
    ApproximateNumberOfMessages: visible,
    ApproximateNumberOfMessagesNotVisible: inFlight,
    ApproximateNumberOfMessagesDelayed: delayed,
  } = Attributes;
  return Number(visible) + Number(inFlight) + Number(delayed);
}

async function runBatch(mapping: QueueToFunction, messages: readonly Message[]): Promise<InvokedBatch> {
  const { client, queueUrl: QueueUrl } = mapping;
  const result = await mapping.invoke({ Records: messages.map((message) => asRecord(message, mapping.queueArn)) });
  const failedIds = failedMessageIds(result, new Set(messages.map(({ MessageId = '' }) => MessageId)));
  const failed = messages.filter(({ MessageId = '' }) => failedIds.has(MessageId));
  const done = messages.filter((message) => !failed.includes(message));
  for (const { ReceiptHandle } of failed)
    await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  const Entries = done.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
  if (Entries.length > 0) {
    const { Failed = [] } = await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    if (Failed.length > 0) throw new Error(`the queue kept messages that were deleted: ${JSON.stringify(Failed)}`);
  }
  const bodies = (some: readonly Message[]) => some.map(({ Body = '' }) => Body);
  return { bodies: bodies(messages), result, failed: bodies(failed) };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
function asRecord(message: Message, eventSourceARN: string): SQSEvent['Records'][number] {
  const { MessageId = '', ReceiptHandle = '', Body = '', MD5OfBody = '', Attributes = {} } = message;
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: {
      ApproximateReceiveCount: Attributes.ApproximateReceiveCount ?? '',
      SentTimestamp: Attributes.SentTimestamp ?? '',
      SenderId: Attributes.SenderId ?? '',
      ApproximateFirstReceiveTimestamp: Attributes.ApproximateFirstReceiveTimestamp ?? '',
    },
    messageAttributes: {},
    md5OfBody: MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN,
    awsRegion: 'us-east-1',
  };
}
