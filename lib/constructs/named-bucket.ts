import { Aws } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';

/** A bucket of this application or another's: what permissions and rules need to know of it. */
export type NamedBucket = Pick<IBucket, 'bucketName' | 'bucketArn'>;

/** By its name alone, so that no stack holds on to another's resources. */
export const bucketNamed = (bucketName: string): NamedBucket => ({
  bucketName,
  bucketArn: `arn:${Aws.PARTITION}:s3:::${bucketName}`,
});
