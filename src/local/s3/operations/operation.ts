/** Which S3 operation a request is, told from method, address and sub-resource as S3 does. */
import type { S3Request } from '../wire/request';

export type Operation =
  | 'ListBuckets'
  | 'CreateBucket'
  | 'HeadBucket'
  | 'GetBucketVersioning'
  | 'PutBucketVersioning'
  | 'GetBucketNotificationConfiguration'
  | 'PutBucketNotificationConfiguration'
  | 'ListObjectsV2'
  | 'ListObjectVersions'
  | 'DeleteObjects'
  | 'GetObject'
  | 'HeadObject'
  | 'PutObject'
  | 'CopyObject'
  | 'DeleteObject'
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload';

/** The IAM action that allows an operation, where its name differs. Source: S3 User Guide, "Required permissions for S3 API operations". */
const PERMISSIONS: Partial<Record<Operation, string>> = {
  ListBuckets: 'ListAllMyBuckets',
  HeadBucket: 'ListBucket',
  GetBucketNotificationConfiguration: 'GetBucketNotification',
  PutBucketNotificationConfiguration: 'PutBucketNotification',
  ListObjectsV2: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  DeleteObjects: 'DeleteObject',
  HeadObject: 'GetObject',
  CopyObject: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  UploadPart: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
};

/** Parameters that do not select an operation; any other unknown one may be a sub-resource this server does not have. */
const SUBRESOURCES: ReadonlySet<string> = new Set(
  (
    'accelerate acl analytics attributes cors encryption intelligent-tiering inventory legal-hold lifecycle location logging ' +
    'metrics object-lock ownershipControls partNumber policy policyStatus publicAccessBlock replication requestPayment ' +
    'restore retention select tagging torrent website versioning notification versions delete uploads uploadId'
  ).split(' '),
);

/** The action of IAM that an operation needs, without `s3:`. */
export function permissionOf(operation: Operation): string {
  return PERMISSIONS[operation] ?? operation;
}

/** Null for what this server does not do; never a guess, or a client would get a list where it asked for a policy. */
export function operationOf(request: S3Request): Operation | null {
  const subresources = [...request.query.keys()].filter((name) => SUBRESOURCES.has(name)).sort();
  const asked = `${request.method} ${subresources.join(' ')}`.trim();
  if (request.bucket === null) return asked === 'GET' ? 'ListBuckets' : null;
  if (request.key === null) return bucketOperation(asked, request);
  return objectOperation(asked, request.headers.has('x-amz-copy-source'));
}

function bucketOperation(asked: string, request: S3Request): Operation | null {
  switch (asked) {
    case 'PUT':
      return 'CreateBucket';
    case 'HEAD':
      return 'HeadBucket';
    case 'GET':
      return request.query.get('list-type') === '2' ? 'ListObjectsV2' : null;
    case 'GET versioning':
      return 'GetBucketVersioning';
    case 'PUT versioning':
      return 'PutBucketVersioning';
    case 'GET notification':
      return 'GetBucketNotificationConfiguration';
    case 'PUT notification':
      return 'PutBucketNotificationConfiguration';
    case 'GET versions':
      return 'ListObjectVersions';
    case 'POST delete':
      return 'DeleteObjects';
    default:
      return null;
  }
}

function objectOperation(asked: string, copies: boolean): Operation | null {
  switch (asked) {
    case 'GET':
      return 'GetObject';
    case 'HEAD':
      return 'HeadObject';
    case 'PUT':
      return copies ? 'CopyObject' : 'PutObject';
    case 'DELETE':
      return 'DeleteObject';
    case 'POST uploads':
      return 'CreateMultipartUpload';
    case 'PUT partNumber uploadId':
      return copies ? null : 'UploadPart';
    case 'POST uploadId':
      return 'CompleteMultipartUpload';
    case 'DELETE uploadId':
      return 'AbortMultipartUpload';
    default:
      return null;
  }
}
