import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { Side } from './expectation';

/** Short words for what the expectations of SQS do with queues. Each makes queues of its own. */
export async function makeQueue({ sqs }: Side, name: string, Attributes: Record<string, string> = {}): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  return QueueUrl;
}

export async function attributesOf({ sqs }: Side, QueueUrl: string): Promise<Record<string, string>> {
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  return Attributes;
}

export const arnOf = async (side: Side, url: string): Promise<string> => (await attributesOf(side, url)).QueueArn ?? '';

export async function counts(side: Side, url: string) {
  const all = await attributesOf(side, url);
  return {
    visible: Number(all.ApproximateNumberOfMessages),
    inFlight: Number(all.ApproximateNumberOfMessagesNotVisible),
    delayed: Number(all.ApproximateNumberOfMessagesDelayed),
  };
}

export const send = ({ sqs }: Side, QueueUrl: string, MessageBody: string, more: { DelaySeconds?: number } = {}) =>
  sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));

export async function receive(
  { sqs }: Side,
  QueueUrl: string,
  more: Partial<ReceiveMessageCommand['input']> = {},
): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
      ...more,
    }),
  );
  return Messages;
}

export const changeVisibility = ({ sqs }: Side, QueueUrl: string, message: Message | undefined, seconds: number) =>
  sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl,
      ReceiptHandle: message?.ReceiptHandle,
      VisibilityTimeout: seconds,
    }),
  );

export const removeMessage = ({ sqs }: Side, QueueUrl: string, message: Message | undefined) =>
  sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));

/** Bodies of at least so many messages, or of what came within some seconds; 0 asks once for what is there. */
export async function receiveAll(side: Side, url: string, atLeast: number): Promise<string[]> {
  const bodies: string[] = [];
  for (let empty = 0; empty < 3; ) {
    const messages = await receive(side, url, { WaitTimeSeconds: bodies.length < atLeast ? 1 : 0 });
    bodies.push(...messages.map(({ Body = '' }) => Body));
    for (const message of messages) await removeMessage(side, url, message);
    if (messages.length > 0) continue;
    if (bodies.length >= atLeast) break;
    empty += 1;
  }
  return bodies;
}
