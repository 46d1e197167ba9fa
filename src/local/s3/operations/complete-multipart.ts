/** CompleteMultipartUpload: judges the list of parts, joins them, and stores the object if its condition still holds. */
import { createHash } from 'node:crypto';
import { xmlAnswer } from '../wire/answer';
import { type Checksum, checksumHeader, compositeChecksum, type RunningDigest, startDigest } from '../wire/checksums';
import { quoted } from '../wire/entity-tag';
import { receiveDocument } from '../wire/receive-body';
import { type Refusal, refuse } from '../wire/refusal';
import { childrenOf, childText, readXml } from '../wire/xml-read';
import { textElement, xmlDocument } from '../wire/xml-write';
import { joinBodies } from '../store/join-bodies';
import type { MultipartUpload, UploadPart } from '../store/multipart-uploads';
import { writeConditionOf } from '../store/write-condition';
import { announceCreated } from './announce';
import type { Outcome, S3Call } from './call';
import { uploadOf } from './multipart';
import { versionIdHeader } from './object-headers';

/** S3 User Guide, "Amazon S3 multipart upload limits": no minimum for the last part. */
const MIN_PART_BYTES = 5 * 1024 * 1024;

export async function completeMultipartUpload(call: S3Call): Promise<Outcome> {
  const { service, request, bucket, key } = call;
  const condition = writeConditionOf(request.headers);
  if (condition.kind === 'refusal') return condition;
  // A checksum header states the finished object's checksum here, not that of the list of parts.
  const headers = new Map([...request.headers].filter(([name]) => !name.startsWith('x-amz-checksum-')));
  const document = await receiveDocument({ ...request, headers }, call.chunks);
  if (document.kind === 'refusal') return document;
  const upload = uploadOf(call);
  if (upload === null) return refuse('NoSuchUpload');
  const chosen = chooseParts(document.text, upload);
  if (chosen.kind === 'refusal') return chosen;
  const { parts } = chosen;
  const whole = wholeDigest(upload);
  const joined = await joinBodies(
    service.store.bodies,
    parts.map((part) => part.bodyId),
    whole,
  );
  const checksum = checksumOf(upload, parts, whole);
  const refusal = checkClaim(call, checksum) ?? (uploadOf(call) === null ? refuse('NoSuchUpload') : null);
  if (refusal !== null) {
    service.store.bodies.remove(joined.bodyId);
    return refusal;
  }
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  const draft = { ...joined, sizeBytes, etag: etagOf(parts), headers: upload.headers, checksum };
  const stored = service.store.put(bucket, key, draft, condition);
  if (stored.kind === 'refusal') {
    // The upload stays, as on S3: its owner aborts it, or completes it under another condition.
    service.store.bodies.remove(joined.bodyId);
    return stored;
  }
  service.uploads.end(upload.uploadId);
  announceCreated(call, 'ObjectCreated:CompleteMultipartUpload', stored.version);
  return xmlAnswer(
    xmlDocument(
      'CompleteMultipartUploadResult',
      textElement('Location', `http://${request.headers.get('host') ?? 'localhost'}${request.rawPath}`),
      textElement('Bucket', bucket.name),
      textElement('Key', key),
      textElement('ETag', quoted(stored.version.etag)),
      checksum === null ? '' : textElement(`Checksum${checksum.algorithm}`, checksum.value),
      textElement('ChecksumType', checksum?.type),
    ),
    versionIdHeader(bucket, stored.version),
  );
}

function chooseParts(
  document: string,
  upload: MultipartUpload,
): { readonly kind: 'parts'; readonly parts: readonly UploadPart[] } | Refusal {
  const root = readXml(document);
  const listed = root?.name === 'CompleteMultipartUpload' ? childrenOf(root, 'Part') : [];
  if (listed.length === 0) return refuse('MalformedXML');
  const parts: UploadPart[] = [];
  let previous = 0;
  for (const [index, element] of listed.entries()) {
    const partNumber = Number(childText(element, 'PartNumber'));
    const part = upload.parts.get(partNumber);
    if (partNumber <= previous) return refuse('InvalidPartOrder');
    if (part === undefined || childText(element, 'ETag')?.replaceAll('"', '') !== part.md5Hex)
      return refuse('InvalidPart');
    const claimed = part.checksum === null ? undefined : childText(element, `Checksum${part.checksum.algorithm}`);
    if (claimed !== undefined && claimed !== part.checksum?.value) return refuse('InvalidPart');
    if (index < listed.length - 1 && part.sizeBytes < MIN_PART_BYTES) return refuse('EntityTooSmall');
    parts.push(part);
    previous = partNumber;
  }
  return { kind: 'parts', parts };
}

/** S3's etag of a multipart object: the MD5 of the parts' MD5s, and how many there are. */
function etagOf(parts: readonly UploadPart[]): string {
  const md5 = createHash('md5');
  for (const part of parts) md5.update(part.md5Hex, 'hex');
  return `${md5.digest('hex')}-${parts.length}`;
}

function wholeDigest(upload: MultipartUpload): RunningDigest | null {
  const { checksumAlgorithm, checksumType } = upload;
  return checksumAlgorithm !== null && checksumType === 'FULL_OBJECT' ? startDigest(checksumAlgorithm) : null;
}

/** Null when the upload asked for none, or a part came without the one it asked for. */
function checksumOf(
  upload: MultipartUpload,
  parts: readonly UploadPart[],
  whole: RunningDigest | null,
): Checksum | null {
  const algorithm = upload.checksumAlgorithm;
  if (algorithm === null) return null;
  if (whole !== null) return { algorithm, value: whole.digest().toString('base64'), type: 'FULL_OBJECT' };
  const values = parts.flatMap((part) => (part.checksum?.algorithm === algorithm ? [part.checksum.value] : []));
  return values.length === parts.length ? compositeChecksum(algorithm, values) : null;
}

/** The checksum of the finished object, if the client states one. */
function checkClaim({ request }: S3Call, checksum: Checksum | null): Refusal | null {
  if (checksum?.type !== 'FULL_OBJECT' || request.headers.get('x-amz-checksum-type') !== 'FULL_OBJECT') return null;
  const claimed = request.headers.get(checksumHeader(checksum.algorithm));
  return claimed === undefined || claimed === checksum.value ? null : refuse('BadDigest');
}
