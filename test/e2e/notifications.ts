import { randomUUID } from 'node:crypto';
import type { PutResult } from '../support/forward-stack';

/**
 * Events as AWS makes them of objects that were put. Written from AWS's own pages (S3 "Event message structure" and
 * "EventBridge event message structure", Lambda "Using Lambda with Amazon SQS" and "… SNS"), not from the reader's code.
 */

/** As S3 writes a key: like a form field, but `/` stays. */
export const s3Encoded = (key: string): string => encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');

/** `encodedKey` is for spellings other S3 servers use. */
export function s3Record(object: PutResult, eventName = 'ObjectCreated:Put', encodedKey = s3Encoded(object.key)) {
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'us-east-1',
    eventTime: '2026-09-01T12:00:05.000Z',
    eventName,
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'forward',
      bucket: { name: object.bucket, arn: `arn:aws:s3:::${object.bucket}` },
      object: {
        key: encodedKey,
        size: object.sizeBytes,
        eTag: object.eTag,
        ...(object.versionId === null ? {} : { versionId: object.versionId }),
        sequencer: '0055AED6DCD90281E5',
      },
    },
  };
}

export const s3Event = (...objects: readonly PutResult[]) => ({ Records: objects.map((object) => s3Record(object)) });

/** Here the key is not encoded at all. */
export function eventBridgeEvent(object: PutResult) {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: '111122223333',
    time: '2026-09-01T12:00:05Z',
    region: 'us-east-1',
    resources: [`arn:aws:s3:::${object.bucket}`],
    detail: {
      version: '0',
      bucket: { name: object.bucket },
      object: {
        key: object.key,
        size: object.sizeBytes,
        etag: object.eTag,
        ...(object.versionId === null ? {} : { 'version-id': object.versionId }),
        sequencer: '0055AED6DCD90281E5',
      },
      reason: 'PutObject',
    },
  };
}

/** What SNS puts around a message for a queue without raw delivery. */
export const snsEnvelope = (message: unknown) => ({
  Type: 'Notification',
  MessageId: randomUUID(),
  TopicArn: 'arn:aws:sns:us-east-1:111122223333:captures',
  Subject: 'Amazon S3 Notification',
  Message: JSON.stringify(message),
  Timestamp: '2026-09-01T12:00:05.000Z',
});

/** SNS invoking the function itself. */
export const snsEvent = (...messages: readonly unknown[]) => ({
  Records: messages.map((message) => ({
    EventSource: 'aws:sns',
    EventVersion: '1.0',
    EventSubscriptionArn: 'arn:aws:sns:us-east-1:111122223333:captures:1',
    Sns: snsEnvelope(message),
  })),
});

export const queueArn = (name: string): string => `arn:aws:sqs:us-east-1:111122223333:${name}`;

/** One message of a queue; an object becomes JSON, a text stays as it is. */
export function sqsMessage(messageId: string, body: unknown, queue = 'captures') {
  return {
    messageId,
    receiptHandle: `handle-of-${messageId}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1788264005000' },
    messageAttributes: {},
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn(queue),
    awsRegion: 'us-east-1',
  };
}

export const sqsEvent = (...messages: readonly ReturnType<typeof sqsMessage>[]) => ({ Records: messages });

/** The ids a queue is told to keep; empty when it may delete all. Throws when the answer is no partial batch response. */
export function failedMessages(payload: unknown): string[] {
  const failures = (payload as { batchItemFailures: readonly { itemIdentifier: string }[] }).batchItemFailures;
  return failures.map(({ itemIdentifier }) => itemIdentifier);
}
