import type { IBucket } from 'aws-cdk-lib/aws-s3';

/** A bucket of this application or another's: what permissions and rules need to know of it. */
export type NamedBucket = Pick<IBucket, 'bucketName' | 'bucketArn'>;
