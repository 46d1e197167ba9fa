import type { CaptureFile } from '../core/types';
import { readWorkMessage } from './work-message';

/**
 * Everything a forwarder may be invoked with, to the objects that were created: S3 directly, through SQS, SNS, SNS in
 * SQS, or EventBridge. Every record of every message counts; the sample guides read the first one only.
 */
export interface Created {
  readonly file: CaptureFile;
  /** The object's ETag when the notification was made; null when it does not say. */
  readonly eTag: string | null;
  /** S3's order of the events of one key; null when it does not say. */
  readonly sequencer: string | null;
  readonly sizeBytes: number | null;
}

export type Notice =
  | {
      readonly kind: 'created';
      readonly created: Created;
      /** Null: all that the message is for. */
      readonly sinks: readonly string[] | null;
      /** How often in a row the file waited without any progress. */
      readonly waits: number;
      /** When a run first had it, by the state store's clock; null: this one is the first. */
      readonly firstSeenMs: number | null;
      /** The ledger has it. */
      readonly isOnRecord: boolean;
    }
  /** `s3:TestEvent`, deletions and other events that ask for nothing: acknowledged. */
  | { readonly kind: 'ignored'; readonly what: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** One message of a queue, which can fail by itself; `messageId` is null for a direct invocation. */
export interface Message {
  readonly messageId: string | null;
  /** ARN of the queue it came through. */
  readonly sourceArn: string | null;
  readonly notices: readonly Notice[];
}

type Json = Readonly<Record<string, unknown>>;

export function readInvocation(event: unknown): Message[] {
  const records = recordsOf(event);
  if (records?.some((record) => isRecord(record) && record.eventSource === 'aws:sqs') === true)
    return records.map(queueMessage);
  return [{ messageId: null, sourceArn: null, notices: readDocument(event) }];
}

function queueMessage(record: unknown): Message {
  const fields = isRecord(record) ? record : {};
  const messageId = text(fields.messageId) ?? '';
  return { messageId, sourceArn: text(fields.eventSourceARN), notices: readText(fields.body) };
}

function readText(body: unknown): Notice[] {
  if (typeof body !== 'string') return [unreadable('the message has no text')];
  try {
    return readDocument(JSON.parse(body));
  } catch {
    return [unreadable('the message is not JSON')];
  }
}

function readDocument(document: unknown): Notice[] {
  if (!isRecord(document)) return [unreadable('the message is no object')];
  if (document.Event === 's3:TestEvent') return [{ kind: 'ignored', what: 's3:TestEvent' }];
  if (typeof document['detail-type'] === 'string') return [fromEventBridge(document)];
  const work = readWorkMessage(document);
  if (work !== null) {
    const { file, eTag, sequencer, sizeBytes, ...rest } = work;
    return [{ kind: 'created', created: { file, eTag, sequencer, sizeBytes }, ...rest }];
  }
  if (document.Type === 'Notification') return readText(document.Message);
  const records = recordsOf(document);
  if (records === null) return [unreadable('it is neither an S3 notification nor one wrapped by SNS or EventBridge')];
  return records.flatMap((record) =>
    isRecord(record) && isRecord(record.Sns) ? readText(record.Sns.Message) : [fromS3(record)],
  );
}

/** Source: AWS, "Event message structure". The key is encoded as in a form: blanks as `+`, UTF-8 as `%XX`. */
function fromS3(record: unknown): Notice {
  if (!isRecord(record) || !isRecord(record.s3) || !isRecord(record.s3.bucket) || !isRecord(record.s3.object))
    return unreadable('a record without s3.bucket and s3.object');
  const name = text(record.eventName) ?? '';
  // AWS writes `ObjectCreated:Put`; other S3 servers keep the `s3:` in front.
  if (!/^(?:s3:)?ObjectCreated:/.test(name))
    return { kind: 'ignored', what: name === '' ? 'a record without eventName' : name };
  const bucket = text(record.s3.bucket.name);
  const encoded = text(record.s3.object.key);
  if (bucket === null || encoded === null) return unreadable('a record without bucket name or key');
  const key = decodeFormKey(encoded);
  if (key === null) return unreadable('a record whose key is not URL-encoded');
  return created(bucket, key, record.s3.object.versionId, record.s3.object.eTag, record.s3.object);
}

/** Source: AWS, "EventBridge event message structure". Here the key is not encoded at all. */
function fromEventBridge(event: Json): Notice {
  const kind = text(event['detail-type']) ?? '';
  if (event.source !== 'aws.s3' || kind !== 'Object Created') return { kind: 'ignored', what: kind };
  const detail = isRecord(event.detail) ? event.detail : {};
  const object = isRecord(detail.object) ? detail.object : {};
  const bucket = text(isRecord(detail.bucket) ? detail.bucket.name : null);
  const key = text(object.key);
  if (bucket === null || key === null) return unreadable('an EventBridge event without bucket name or key');
  return created(bucket, key, object['version-id'], object.etag, object);
}

function created(bucket: string, key: string, versionId: unknown, eTag: unknown, { sequencer, size }: Json): Notice {
  // A bucket whose versioning is suspended writes the version "null".
  const version = text(versionId);
  return {
    kind: 'created',
    created: {
      file: { bucket, key, versionId: version === 'null' ? null : version },
      eTag: text(eTag)?.replaceAll('"', '') ?? null,
      sequencer: text(sequencer),
      sizeBytes: typeof size === 'number' ? size : null,
    },
    sinks: null,
    waits: 0,
    firstSeenMs: null,
    isOnRecord: false,
  };
}

export function decodeFormKey(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

const unreadable = (reason: string): Notice => ({ kind: 'unreadable', reason });
const recordsOf = (event: unknown): readonly unknown[] | null =>
  isRecord(event) && Array.isArray(event.Records) ? (event.Records as unknown[]) : null;
const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
