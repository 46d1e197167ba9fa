/** What of a trigger decides which events of which keys it takes; a rule of S3 and one of EventBridge alike. */
export interface TriggerRule {
  /** Who made it, for messages: a model's file, or the id of a rule on the bucket. */
  readonly name: string;
  /** Such as `s3:ObjectCreated:*`. */
  readonly events: readonly string[];
  /** As keys have it, not URL-encoded; empty: every key. */
  readonly prefix: string;
  readonly suffix: string;
}

/**
 * All ways in which an object comes to be. Put alone would miss what other programs copy (`Copy`) and what an SDK uploads in
 * parts (`CompleteMultipartUpload`). Source: S3 User Guide, "Supported event types for SQS, SNS, and Lambda".
 */
export const OBJECT_CREATED = 's3:ObjectCreated:*';

/** Of Data Capture's files; keeps the results of other programs below the prefix from being taken for captures. */
export const CAPTURE_SUFFIX = '.jsonl';

/** The one trigger of a model: all capture files below its prefix. */
export const captureTrigger = (name: string, prefix: string): TriggerRule => ({
  name,
  events: [OBJECT_CREATED],
  prefix,
  suffix: CAPTURE_SUFFIX,
});
