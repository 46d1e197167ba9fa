/** PutObject. */
import { answer } from '../wire/answer';
import { quoted } from '../wire/entity-tag';
import { receiveBody } from '../wire/receive-body';
import { writeConditionOf } from '../store/write-condition';
import type { Outcome, S3Call } from './call';
import { checksumHeaders, storedHeaders, versionIdHeader } from './object-headers';
import { announceCreated } from './announce';

/** Receives the body, then decides and stores in one step; a refused condition leaves neither version nor event. */
export async function putObject(call: S3Call): Promise<Outcome> {
  const { service, request, bucket, key } = call;
  const condition = writeConditionOf(request.headers);
  if (condition.kind === 'refusal') return condition;
  const received = await receiveBody(request, service.store.bodies, call.chunks);
  if (received.kind === 'refusal') return received;
  const { bodyId, sizeBytes, md5Hex, checksum } = received;
  const draft = { bodyId, sizeBytes, md5Hex, checksum, etag: md5Hex, headers: storedHeaders(request.headers) };
  const stored = service.store.put(bucket, key, draft, condition);
  if (stored.kind === 'refusal') {
    service.store.bodies.remove(bodyId);
    return stored;
  }
  announceCreated(call, 'ObjectCreated:Put', stored.version);
  return answer(200, {
    etag: quoted(stored.version.etag),
    ...checksumHeaders(stored.version.checksum),
    ...versionIdHeader(bucket, stored.version),
  });
}
