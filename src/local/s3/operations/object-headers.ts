/** Headers that belong to an object: which are kept with it, and how a version shows itself. */
import type { Bucket } from '../store/bucket';
import type { ObjectVersion } from '../store/object-version';
import { type Checksum, checksumHeader } from '../wire/checksums';
import { quoted } from '../wire/entity-tag';

const KEPT: readonly string[] = [
  'cache-control',
  'content-disposition',
  'content-language',
  'expires',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
];

/** S3's type for an object that came without one. */
const DEFAULT_CONTENT_TYPE = 'binary/octet-stream';

/** The headers of a write that are stored with the object. `aws-chunked` describes the transfer, not the object. */
export function storedHeaders(headers: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const kept: Record<string, string> = { 'content-type': headers.get('content-type') || DEFAULT_CONTENT_TYPE };
  const encodings = (headers.get('content-encoding') ?? '').split(',').map((encoding) => encoding.trim());
  const encoding = encodings.filter((name) => name !== '' && name.toLowerCase() !== 'aws-chunked').join(',');
  if (encoding !== '') kept['content-encoding'] = encoding;
  for (const [name, value] of headers) {
    if (KEPT.includes(name) || name.startsWith('x-amz-meta-')) kept[name] = value;
  }
  return kept;
}

/** `x-amz-version-id`, on buckets that have or had versioning. */
export function versionIdHeader(bucket: Bucket, version: ObjectVersion): Readonly<Record<string, string>> {
  return bucket.versioning === 'off' ? {} : { 'x-amz-version-id': version.versionId };
}

/** The version id that events and documents name; null on buckets without versioning. */
export function publicVersionId(bucket: Bucket, version: ObjectVersion): string | null {
  return bucket.versioning === 'off' ? null : version.versionId;
}

export function checksumHeaders(checksum: Checksum | null): Readonly<Record<string, string>> {
  if (checksum === null) return {};
  return { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };
}

/** What every read of a version answers, whole or part. */
export function readHeaders(bucket: Bucket, version: ObjectVersion): Readonly<Record<string, string>> {
  return {
    ...version.headers,
    etag: quoted(version.etag),
    'last-modified': new Date(version.lastModifiedMs).toUTCString(),
    'accept-ranges': 'bytes',
    ...versionIdHeader(bucket, version),
  };
}
