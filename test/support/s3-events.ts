/** S3's notification of one object, as S3 writes it. */
export interface RecordParts {
  readonly encoded?: string;
  readonly eventName?: string;
  readonly versionId?: string;
  readonly eTag?: string;
}

export function s3EventRecord(key: string, parts: RecordParts = {}): object {
  const encoded = parts.encoded ?? encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'us-east-1',
    eventName: parts.eventName ?? 'ObjectCreated:Put',
    s3: {
      s3SchemaVersion: '1.0',
      bucket: { name: 'b', arn: 'arn:aws:s3:::b' },
      object: { key: encoded, size: 1, eTag: parts.eTag ?? 'e', versionId: parts.versionId, sequencer: '0A' },
    },
  };
}
