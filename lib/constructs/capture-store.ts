import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ConfigError } from '../../src/core/errors';
import { captureRetentionProblems } from '../forwarder/prop-problems';
import type { NamedBucket } from './named-bucket';

export interface CaptureStoreProps {
  /** The bucket's name, as configurations say it. Default: CloudFormation makes one. */
  readonly bucketName?: string;
  readonly key: IKey;
  /** Takes the access logs. It must allow that itself: no statement is added to its policy. */
  readonly accessLogs: NamedBucket;
  /** Default: never. Not below 21: queue retention, sweep, and time to act. */
  readonly retentionDays?: number;
}

/**
 * The bucket SageMaker writes captures to: private, TLS only, encrypted with a key of the account, versioned, so that
 * the version is read that was notified. It outlives its stack: captures are what everything else can be made from.
 * Throws a ConfigError for a `retentionDays` that is too short.
 */
export class CaptureStore extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { bucketName, key, accessLogs, retentionDays }: CaptureStoreProps) {
    super(scope, id);
    const problems = captureRetentionProblems(retentionDays);
    if (problems.length > 0) throw new ConfigError(problems);
    this.bucket = new Bucket(this, 'Bucket', {
      ...(bucketName === undefined ? {} : { bucketName }),
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      // One call to KMS for many objects, instead of one for each.
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        {
          abortIncompleteMultipartUploadAfter: Duration.days(7),
          noncurrentVersionExpiration: Duration.days(30),
          ...(retentionDays === undefined ? {} : { expiration: Duration.days(retentionDays) }),
        },
      ],
    });
    logAccess(this.bucket, accessLogs);
  }
}

/** By the resource itself: the method of `Bucket` would add to the policy of a bucket that another stack owns. */
export function logAccess(bucket: Bucket, accessLogs: NamedBucket): void {
  (bucket.node.defaultChild as CfnBucket).loggingConfiguration = {
    destinationBucketName: accessLogs.bucketName,
    logFilePrefix: `${bucket.node.path.replaceAll('/', '-')}/`,
  };
}
