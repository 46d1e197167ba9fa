import { createHash, randomUUID } from 'node:crypto';
import { attributeBytes, type MessageAttributes, md5OfAttributes } from './message-attributes';
import { SqsError } from './sqs-error';

/** A message in a queue. Times are milliseconds of the server's clock. */
export interface StoredMessage {
  readonly messageId: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly messageAttributes: MessageAttributes;
  readonly md5OfMessageAttributes: string | null;
  /** Kept when it moves to a dead-letter queue: its retention counts from here. */
  readonly sentMs: number;
  visibleAtMs: number;
  receiveCount: number;
  firstReceivedMs: number | null;
  /** Of the latest receive; null while it was not received in this queue. */
  receiptHandle: string | null;
  /** The queue it came from, when this one is its dead-letter queue. */
  sourceArn: string | null;
}

/** A message handed out, with the system attributes SQS gives. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: MessageAttributes;
  readonly md5OfMessageAttributes: string | null;
}

/** Body and attributes of a message, and of all of a batch: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
export const MAX_MESSAGE_BYTES = 1_048_576;

/** What `SenderId` says; nobody is known here. */
const SENDER_ID = 'AIDALOCALSENDER';

/** The characters XML 1.0 knows: SQS refuses a body with any other, also a lone surrogate. */
const ALLOWED_TEXT = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;

export function newMessage(
  body: string,
  messageAttributes: MessageAttributes,
  sentMs: number,
  visibleAtMs: number,
): StoredMessage {
  return {
    messageId: randomUUID(),
    body,
    md5OfBody: createHash('md5').update(body).digest('hex'),
    messageAttributes,
    md5OfMessageAttributes: md5OfAttributes(messageAttributes),
    sentMs,
    visibleAtMs,
    receiveCount: 0,
    firstReceivedMs: null,
    receiptHandle: null,
    sourceArn: null,
  };
}

/** Bytes that count against the limits. */
export function messageBytes(body: string, attributes: MessageAttributes): number {
  return Buffer.byteLength(body) + attributeBytes(attributes);
}

/** Throws the error SQS has for a body it does not take. */
export function checkContents(body: string, attributes: MessageAttributes, maxBytes: number): void {
  if (body === '') throw new SqsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (!ALLOWED_TEXT.test(body)) {
    throw new SqsError(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
    );
  }
  if (messageBytes(body, attributes) > maxBytes) {
    throw new SqsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${maxBytes} bytes.`,
    );
  }
}

/** The view of a stored message its receiver gets. */
export function asReceived(message: StoredMessage, receiptHandle: string): ReceivedMessage {
  return {
    messageId: message.messageId,
    receiptHandle,
    body: message.body,
    md5OfBody: message.md5OfBody,
    attributes: {
      SenderId: SENDER_ID,
      SentTimestamp: String(message.sentMs),
      ApproximateReceiveCount: String(message.receiveCount),
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedMs),
      ...(message.sourceArn === null ? {} : { DeadLetterQueueSourceArn: message.sourceArn }),
    },
    messageAttributes: message.messageAttributes,
    md5OfMessageAttributes: message.md5OfMessageAttributes,
  };
}
