/** CopyObject: a second object over the same bytes, which a hard link makes without reading them. */
import type { Bucket } from '../store/bucket';
import type { ObjectVersion } from '../store/object-version';
import { writeConditionOf } from '../store/write-condition';
import { quoted } from '../wire/entity-tag';
import { type Refusal, refuse } from '../wire/refusal';
import { decodeOnce, readQuery } from '../wire/request';
import { textElement, xmlDocument } from '../wire/xml-write';
import { xmlAnswer } from '../wire/answer';
import { announceCreated } from './announce';
import type { Outcome, S3Call } from './call';
import { findVersion } from './find-version';
import { storedHeaders, versionIdHeader } from './object-headers';
import { COPY_CONDITIONS, checkRead } from './read-condition';

/** All in one step, so neither source nor destination can change between their conditions and the copy. */
export function copyObject(call: S3Call): Outcome {
  const { service, request, bucket, key } = call;
  const condition = writeConditionOf(request.headers);
  if (condition.kind === 'refusal') return condition;
  const source = findSource(call);
  if (source.kind === 'refusal') return source;
  const replaces = request.headers.get('x-amz-metadata-directive')?.toUpperCase() === 'REPLACE';
  if (!replaces && source.isSameObject) {
    return refuse('InvalidRequest', {
      message:
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    });
  }
  const { version } = source;
  const failed = checkRead(request.headers, version, COPY_CONDITIONS);
  if (failed !== null) return failed;
  if (version.bodyId === null) throw new Error(`a version without a body is not a delete marker: ${key}`);
  const bodyId = service.store.bodies.linkSync(version.bodyId);
  const draft = {
    bodyId,
    sizeBytes: version.sizeBytes,
    md5Hex: version.md5Hex,
    etag: version.md5Hex,
    headers: replaces ? storedHeaders(request.headers) : version.headers,
    // A copy is one piece, so a checksum over parts does not describe it any more.
    checksum: version.checksum?.type === 'FULL_OBJECT' ? version.checksum : null,
  };
  const stored = service.store.put(bucket, key, draft, condition);
  if (stored.kind === 'refusal') {
    service.store.bodies.remove(bodyId);
    return stored;
  }
  announceCreated(call, 'ObjectCreated:Copy', stored.version);
  const sourceHeader = source.bucket.versioning === 'off' ? {} : { 'x-amz-copy-source-version-id': version.versionId };
  return xmlAnswer(copyResult(stored.version), { ...sourceHeader, ...versionIdHeader(bucket, stored.version) });
}

function copyResult(version: ObjectVersion): string {
  return xmlDocument(
    'CopyObjectResult',
    textElement('LastModified', new Date(version.lastModifiedMs).toISOString()),
    textElement('ETag', quoted(version.etag)),
    version.checksum === null ? '' : textElement(`Checksum${version.checksum.algorithm}`, version.checksum.value),
    textElement('ChecksumType', version.checksum?.type),
  );
}

interface Source {
  readonly kind: 'source';
  readonly bucket: Bucket;
  readonly version: ObjectVersion;
  readonly isSameObject: boolean;
}

/** Reads `[/]bucket/key[?versionId=…]`, encoded once like a path. */
function findSource(call: S3Call): Source | Refusal {
  const header = (call.request.headers.get('x-amz-copy-source') ?? '').replace(/^\//, '');
  const mark = header.indexOf('?');
  const path = decodeOnce(mark === -1 ? header : header.slice(0, mark));
  const query = readQuery(mark === -1 ? '' : header.slice(mark + 1));
  const slash = path?.indexOf('/') ?? -1;
  if (path === null || query === null || slash < 1 || slash === path.length - 1) {
    return refuse('InvalidArgument', {
      message: 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    });
  }
  const bucket = call.service.store.bucket(path.slice(0, slash));
  if (bucket === null) return refuse('NoSuchBucket', { details: { BucketName: path.slice(0, slash) } });
  const key = path.slice(slash + 1);
  const found = findVersion({ ...call, bucket, key, request: { ...call.request, query } });
  if (found.kind === 'refusal') return found;
  const isSameObject = bucket === call.bucket && key === call.key && !query.has('versionId');
  return { kind: 'source', bucket, version: found.version, isSameObject };
}
