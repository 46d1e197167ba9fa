/** The canonical form of a request, over which Signature Version 4 is made. Source: S3 API reference, "Authenticating requests". */
import { createHash } from 'node:crypto';
import { readQuery, type S3Request } from '../wire/request';

const SIGNATURE_PARAMETER = 'X-Amz-Signature';

/** Percent-encodes all but RFC 3986's unreserved characters, as S3's rules ask; `encodeURIComponent` leaves five more. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Unlike other services, S3 signs the path encoded once and never normalized: `//` and `..` are part of a key. */
function canonicalPath(rawPath: string): string {
  return rawPath
    .split('/')
    .map((segment) => uriEncode(decodeURIComponent(segment)))
    .join('/');
}

function canonicalQuery(rawQuery: string): string {
  const pairs = [...(readQuery(rawQuery) ?? [])].filter(([name]) => name !== SIGNATURE_PARAMETER);
  return pairs
    .map(([name, value]) => [uriEncode(name), uriEncode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** Encoded text is ASCII, so comparing code units is comparing bytes. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The SHA-256, in hex, of the canonical request. `payloadHash` is what the client says of its body. */
export function hashCanonicalRequest(
  request: S3Request,
  signedHeaders: readonly string[],
  payloadHash: string,
): string {
  const headers = signedHeaders.map(
    (name) => `${name}:${(request.headers.get(name) ?? '').trim().replace(/\s+/g, ' ')}\n`,
  );
  const canonical = [
    request.method,
    canonicalPath(request.rawPath),
    canonicalQuery(request.rawQuery),
    headers.join(''),
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
  // Node hands out header values as one character per byte; latin1 gives those bytes back.
  return createHash('sha256').update(canonical, 'latin1').digest('hex');
}
