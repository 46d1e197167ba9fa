/** Multipart uploads up to their completion: start, part, abort. */
import { answer, xmlAnswer } from '../wire/answer';
import { checksumAlgorithm } from '../wire/checksums';
import { quoted } from '../wire/entity-tag';
import { receiveBody } from '../wire/receive-body';
import { refuse } from '../wire/refusal';
import { textElement, xmlDocument } from '../wire/xml-write';
import type { MultipartUpload } from '../store/multipart-uploads';
import type { Outcome, S3Call } from './call';
import { invalid } from './list-parameters';
import { checksumHeaders, storedHeaders } from './object-headers';

/** S3 User Guide, "Amazon S3 multipart upload limits". */
export const MAX_PART_NUMBER = 10_000;

/** The upload a request names with `?uploadId=`, or null. */
export function uploadOf({ service, request, bucket, key }: S3Call): MultipartUpload | null {
  return service.uploads.find(request.query.get('uploadId') ?? '', bucket.name, key);
}

export function createMultipartUpload(call: S3Call): Outcome {
  const { service, request, bucket, key } = call;
  const algorithm = checksumAlgorithm(request.headers.get('x-amz-checksum-algorithm'));
  // CRC64NVME knows no other type; the rest are composite unless asked (User Guide, "Checking object integrity").
  const fullObject = algorithm === 'CRC64NVME' || request.headers.get('x-amz-checksum-type') === 'FULL_OBJECT';
  const upload = service.uploads.create({
    bucket: bucket.name,
    key,
    headers: storedHeaders(request.headers),
    checksumAlgorithm: algorithm,
    checksumType: fullObject ? 'FULL_OBJECT' : 'COMPOSITE',
  });
  return xmlAnswer(
    xmlDocument(
      'InitiateMultipartUploadResult',
      textElement('Bucket', bucket.name),
      textElement('Key', key),
      textElement('UploadId', upload.uploadId),
    ),
    algorithm === null ? {} : { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': upload.checksumType },
  );
}

export async function uploadPart(call: S3Call): Promise<Outcome> {
  const { service, request } = call;
  const upload = uploadOf(call);
  if (upload === null) return refuse('NoSuchUpload');
  const given = request.query.get('partNumber') ?? '';
  const partNumber = Number(given);
  if (!/^\d{1,5}$/.test(given) || partNumber < 1 || partNumber > MAX_PART_NUMBER) {
    return invalid('Part number must be an integer between 1 and 10000, inclusive', 'partNumber', given);
  }
  const received = await receiveBody(request, service.store.bodies, call.chunks);
  if (received.kind === 'refusal') return received;
  const { bodyId, sizeBytes, md5Hex, checksum } = received;
  if (!service.uploads.addPart(upload.uploadId, partNumber, { bodyId, sizeBytes, md5Hex, checksum })) {
    service.store.bodies.remove(bodyId);
    return refuse('NoSuchUpload');
  }
  const { 'x-amz-checksum-type': _whole, ...partChecksum } = { ...checksumHeaders(checksum) };
  return answer(200, { etag: quoted(md5Hex), ...partChecksum });
}

export function abortMultipartUpload(call: S3Call): Outcome {
  const upload = uploadOf(call);
  if (upload === null) return refuse('NoSuchUpload');
  call.service.uploads.end(upload.uploadId);
  return answer(204);
}
