/** The one table from operation to handler. */
import { getBucketVersioning, headBucket, putBucketVersioning } from './bucket-operations';
import { getBucketNotification, putBucketNotification } from './bucket-notification';
import type { Handler } from './call';
import { completeMultipartUpload } from './complete-multipart';
import { copyObject } from './copy-object';
import { deleteObject, deleteObjects } from './delete-objects';
import { getObject, headObject } from './get-object';
import { listObjectsV2 } from './list-objects';
import { listObjectVersions } from './list-versions';
import { abortMultipartUpload, createMultipartUpload, uploadPart } from './multipart';
import type { Operation } from './operation';
import { putObject } from './put-object';

/** Operations on a bucket that must exist; the two that need none (ListBuckets, CreateBucket) are not here. */
export const HANDLERS: Readonly<Record<Exclude<Operation, 'ListBuckets' | 'CreateBucket'>, Handler>> = {
  HeadBucket: headBucket,
  GetBucketVersioning: getBucketVersioning,
  PutBucketVersioning: putBucketVersioning,
  GetBucketNotificationConfiguration: getBucketNotification,
  PutBucketNotificationConfiguration: putBucketNotification,
  ListObjectsV2: listObjectsV2,
  ListObjectVersions: listObjectVersions,
  DeleteObjects: deleteObjects,
  GetObject: getObject,
  HeadObject: headObject,
  PutObject: putObject,
  CopyObject: copyObject,
  DeleteObject: deleteObject,
  CreateMultipartUpload: createMultipartUpload,
  UploadPart: uploadPart,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: abortMultipartUpload,
};
