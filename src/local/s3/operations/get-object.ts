/** GetObject and HeadObject: the same answer, with and without its bytes. */
import { quoted } from '../wire/entity-tag';
import { type Answer, answer } from '../wire/answer';
import { type ByteRange, byteRangeOf } from '../wire/byte-range';
import { refuse } from '../wire/refusal';
import type { ObjectVersion } from '../store/object-version';
import type { Outcome, S3Call } from './call';
import { findVersion } from './find-version';
import { checksumHeaders, readHeaders } from './object-headers';
import { checkRead } from './read-condition';

/** Query parameters that replace a header of the answer (API reference, GetObject). */
const OVERRIDES = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

export function headObject(call: S3Call): Outcome {
  const read = prepareRead(call);
  return read.kind === 'refusal' ? read : answer(read.status, read.headers);
}

/** The body is opened here, in the same step that found the version: a delete right after does not reach it. */
export function getObject(call: S3Call): Outcome {
  const read = prepareRead(call);
  if (read.kind === 'refusal') return read;
  if (read.version.bodyId === null) throw new Error(`a version without a body is not a delete marker: ${call.key}`);
  const answered: Answer = {
    kind: 'answer',
    status: read.status,
    headers: read.headers,
    body: {
      descriptor: call.service.store.bodies.openSync(read.version.bodyId),
      start: read.start,
      lengthBytes: read.lengthBytes,
    },
  };
  return answered;
}

interface Read {
  readonly kind: 'read';
  readonly version: ObjectVersion;
  readonly status: 200 | 206;
  readonly headers: Readonly<Record<string, string>>;
  readonly start: number;
  readonly lengthBytes: number;
}

function prepareRead(call: S3Call): Read | Exclude<Outcome, Answer> {
  const { request, bucket } = call;
  const found = findVersion(call);
  if (found.kind === 'refusal') return found;
  const { version } = found;
  const failed = checkRead(request.headers, version);
  if (failed !== null) return failed;
  const range = byteRangeOf(request.headers.get('range'), version.sizeBytes);
  if (range.kind === 'unsatisfiable') {
    return refuse('InvalidRange', {
      headers: { 'content-range': `bytes */${version.sizeBytes}`, etag: quoted(version.etag) },
      details: { RangeRequested: request.headers.get('range') ?? '', ActualObjectSize: String(version.sizeBytes) },
    });
  }
  const start = range.kind === 'part' ? range.start : 0;
  const lengthBytes = range.kind === 'part' ? range.end - range.start + 1 : version.sizeBytes;
  const headers = {
    ...readHeaders(bucket, version),
    ...rangeHeaders(range, call, version),
    ...overrides(request.query),
    'content-length': String(lengthBytes),
  };
  return { kind: 'read', version, status: range.kind === 'part' ? 206 : 200, headers, start, lengthBytes };
}

/** A checksum is of the whole object, so a part must not carry it: clients verify what they get against it. */
function rangeHeaders(range: ByteRange, call: S3Call, version: ObjectVersion): Readonly<Record<string, string>> {
  if (range.kind === 'part') return { 'content-range': `bytes ${range.start}-${range.end}/${version.sizeBytes}` };
  const asked = call.request.headers.get('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';
  return asked ? checksumHeaders(version.checksum) : {};
}

function overrides(query: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const given = OVERRIDES.map((name) => [name, query.get(`response-${name}`)] as const);
  return Object.fromEntries(given.filter((pair): pair is [string, string] => pair[1] !== undefined));
}
