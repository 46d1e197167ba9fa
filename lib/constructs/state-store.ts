import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { NamedBucket } from './named-bucket';
import { logAccess } from './capture-store';

/** What may want an entry after its captures have expired: a replay from a copy, an audit. */
const ENTRIES_OUTLIVE_CAPTURES_DAYS = 30;

export interface StateStoreProps {
  /** Said, not made up: a second, empty ledger would deliver everything again. */
  readonly bucketName: string;
  readonly key: IKey;
  readonly accessLogs: NamedBucket;
  /** As the captures'. Ledger and roll-ups stay 30 days longer, or replays would deliver again. Default: never. */
  readonly captureRetentionDays?: number;
}

/**
 * Ledger, quarantine, breakers: one bucket for all models, each below prefixes of its own. Not versioned: an entry is
 * written anew with every few batches, under conditions that make versions needless. It outlives its stack.
 */
export class StateStore extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { bucketName, key, accessLogs, captureRetentionDays }: StateStoreProps) {
    super(scope, id);
    const expiry =
      captureRetentionDays === undefined ? null : Duration.days(captureRetentionDays + ENTRIES_OUTLIVE_CAPTURES_DAYS);
    this.bucket = new Bucket(this, 'Bucket', {
      bucketName,
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        { abortIncompleteMultipartUploadAfter: Duration.days(7) },
        // Quarantine stays until somebody redrives or purges it: it is a term of the equation.
        ...(expiry === null ? [] : ['ledger/', 'rollup/'].map((prefix) => ({ prefix, expiration: expiry }))),
      ],
    });
    logAccess(this.bucket, accessLogs);
  }
}
