/** Finds the version a read means, with S3's answers for what is not there, not allowed or only a delete marker. */
import type { ObjectVersion } from '../store/object-version';
import { type Refusal, refuse } from '../wire/refusal';
import type { S3Call } from './call';

export interface Found {
  readonly kind: 'found';
  readonly version: ObjectVersion;
}

/** The forms of id this server gives out; anything else is refused as S3 refuses what it cannot read as one of its ids. */
const VERSION_ID = /^(?:null|[A-Za-z0-9_-]{32})$/;

/** Looks up `?versionId=`, or the current version without it. */
export function findVersion({ service, request, bucket, key }: S3Call): Found | Refusal {
  const versionId = request.query.get('versionId');
  if (versionId !== undefined) {
    const malformed = checkVersionId(versionId);
    if (malformed !== null) return malformed;
  }
  const version = versionId === undefined ? bucket.newest(key) : bucket.find(key, versionId);
  if (version === null) {
    // Without ListBucket S3 does not tell whether an object exists (API reference, GetObject, "Permissions").
    if (service.faults.denies('ListObjectsV2', bucket.name)) return refuse('AccessDenied');
    return versionId === undefined
      ? refuse('NoSuchKey', { details: { Key: key } })
      : refuse('NoSuchVersion', { details: { Key: key, VersionId: versionId } });
  }
  if (!version.deleteMarker) return { kind: 'found', version };
  const headers = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': version.versionId };
  if (versionId !== undefined) {
    const lastModified = new Date(version.lastModifiedMs).toUTCString();
    return refuse('MethodNotAllowed', { headers: { ...headers, allow: 'DELETE', 'last-modified': lastModified } });
  }
  if (service.faults.denies('ListObjectsV2', bucket.name)) return refuse('AccessDenied');
  return refuse('NoSuchKey', { headers, details: { Key: key } });
}

/** Null when the text can be a version id. */
export function checkVersionId(versionId: string): Refusal | null {
  if (VERSION_ID.test(versionId)) return null;
  return refuse('InvalidArgument', {
    message: 'Invalid version id specified',
    details: { ArgumentName: 'versionId', ArgumentValue: versionId },
  });
}
