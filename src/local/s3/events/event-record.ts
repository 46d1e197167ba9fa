/**
 * One event as S3 notifications carry it. Source: S3 User Guide, "Event message structure". Versions of the format agree
 * in their major number only; receivers must not compare more.
 */
import { formEncodeKey } from '../wire/form-encoding';

export interface S3EventRecord {
  readonly eventVersion: '2.1';
  readonly eventSource: 'aws:s3';
  readonly awsRegion: string;
  readonly eventTime: string;
  /** Without `s3:` in front, such as `ObjectCreated:Put`. */
  readonly eventName: string;
  readonly userIdentity: { readonly principalId: string };
  readonly requestParameters: { readonly sourceIPAddress: string };
  readonly responseElements: { readonly 'x-amz-request-id': string; readonly 'x-amz-id-2': string };
  readonly s3: {
    readonly s3SchemaVersion: '1.0';
    readonly configurationId: string;
    readonly bucket: {
      readonly name: string;
      readonly ownerIdentity: { readonly principalId: string };
      readonly arn: string;
    };
    readonly object: S3EventObject;
  };
}

export interface S3EventObject {
  /** Form-url-encoded: see `formEncodeKey`. */
  readonly key: string;
  /** In bytes; absent on removals. */
  readonly size?: number;
  /** Without quotes; absent when a version was removed for good. */
  readonly eTag?: string;
  /** Absent when the bucket has no versioning. */
  readonly versionId?: string;
  /** Hexadecimal; orders the events of one key only. */
  readonly sequencer: string;
}

/** What happened, before it is put into the form of a message. */
export interface ObjectEvent {
  readonly eventName: string;
  readonly key: string;
  readonly sizeBytes: number | null;
  readonly etag: string | null;
  readonly versionId: string | null;
  readonly sequencer: string;
  readonly at: Date;
  readonly requestId: string;
}

/** The region every record names; one machine has no other. */
export const EVENT_REGION = 'us-east-1';

/** Builds the one element of `Records` for an event and the rule that asked for it. */
export function eventRecord(bucket: string, configurationId: string, event: ObjectEvent): S3EventRecord {
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: EVENT_REGION,
    eventTime: event.at.toISOString(),
    eventName: event.eventName,
    userIdentity: { principalId: 'LOCAL' },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: { 'x-amz-request-id': event.requestId, 'x-amz-id-2': event.requestId },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId,
      bucket: { name: bucket, ownerIdentity: { principalId: 'LOCAL' }, arn: `arn:aws:s3:::${bucket}` },
      object: {
        key: formEncodeKey(event.key),
        ...(event.sizeBytes === null ? {} : { size: event.sizeBytes }),
        ...(event.etag === null ? {} : { eTag: event.etag }),
        ...(event.versionId === null ? {} : { versionId: event.versionId }),
        sequencer: event.sequencer,
      },
    },
  };
}
