/** Reads a request body: framing off, digests on the way, and everything the client claimed of it checked. */
import type { Readable } from 'node:stream';
import { type ChunkVerifier, decodeAwsChunked } from './aws-chunked';
import { type Checksum, checksumHeader, declaredChecksum, startDigest } from './checksums';
import { type Refusal, refuse } from './refusal';
import type { S3Request } from './request';

export interface VerifiedBody {
  readonly kind: 'verified-body';
  readonly sizeBytes: number;
  readonly md5: Buffer;
  /** The checksum the client declared, verified; null when it declared none. */
  readonly checksum: Checksum | null;
}

/**
 * Passes the payload on piece by piece and judges it at the end: length, Content-MD5, declared checksum, signed hash.
 * Throws `RefusedBody` on broken framing, and whatever the connection throws when it breaks.
 */
export async function readVerified(
  request: S3Request,
  verifier: ChunkVerifier | null,
  take: (piece: Buffer) => void | Promise<void>,
): Promise<VerifiedBody | Refusal> {
  const chunked = isChunked(request);
  const lengthRefusal = checkLength(request, chunked);
  if (lengthRefusal !== null) return lengthRefusal;
  const wire = piecesOf(request.body);
  const body = chunked ? decodeAwsChunked(wire, verifier) : { payload: wire, trailers: new Map<string, string>() };
  const declared = declaredChecksum(request.headers);
  const payloadHash = signedPayloadHash(request);
  const md5 = startDigest('MD5');
  const checksum = declared === null ? null : startDigest(declared.algorithm);
  const sha256 = payloadHash === null ? null : startDigest('SHA256');
  let sizeBytes = 0;
  for await (const piece of body.payload) {
    sizeBytes += piece.length;
    md5.update(piece);
    checksum?.update(piece);
    sha256?.update(piece);
    await take(piece);
  }
  const md5Digest = md5.digest();
  const claimed = declared === null ? null : (declared.value ?? body.trailers.get(checksumHeader(declared.algorithm)));
  const found = checksum?.digest().toString('base64') ?? '';
  const refusal =
    checkSize(request, chunked, sizeBytes) ??
    checkMd5(request, md5Digest) ??
    checkPayloadHash(payloadHash, sha256?.digest()) ??
    checkClaim(declared?.algorithm ?? '', claimed, found);
  if (refusal !== null) return refusal;
  return {
    kind: 'verified-body',
    sizeBytes,
    md5: md5Digest,
    checksum: declared === null ? null : { algorithm: declared.algorithm, value: found, type: 'FULL_OBJECT' },
  };
}

/** Leaving the loop early must not destroy the socket: the refusal still has to go out over it. */
function piecesOf(body: Readable): AsyncIterable<Buffer> {
  return { [Symbol.asyncIterator]: () => body.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer> };
}

function isChunked(request: S3Request): boolean {
  return (
    (request.headers.get('x-amz-content-sha256') ?? '').startsWith('STREAMING-') ||
    /(^|,)\s*aws-chunked\s*(,|$)/i.test(request.headers.get('content-encoding') ?? '')
  );
}

/** S3 takes no body of unknown length; in aws-chunked form the payload's length has a header of its own. */
function checkLength(request: S3Request, chunked: boolean): Refusal | null {
  const needed = chunked ? 'x-amz-decoded-content-length' : 'content-length';
  return /^\d+$/.test(request.headers.get(needed) ?? '') ? null : refuse('MissingContentLength');
}

/** A plain body of the wrong length never gets here: the HTTP parser holds it to Content-Length. */
function checkSize(request: S3Request, chunked: boolean, sizeBytes: number): Refusal | null {
  if (!chunked || Number(request.headers.get('x-amz-decoded-content-length')) === sizeBytes) return null;
  return refuse('IncompleteBody');
}

function checkMd5(request: S3Request, md5: Buffer): Refusal | null {
  const claimed = request.headers.get('content-md5');
  if (claimed === undefined) return null;
  const digest = Buffer.from(claimed, 'base64');
  if (digest.length !== md5.length) return refuse('InvalidDigest');
  return digest.equals(md5) ? null : refuse('BadDigest');
}

/** `claimed` is null when nothing was declared, undefined when a trailer was announced and did not come. */
function checkClaim(algorithm: string, claimed: string | null | undefined, found: string): Refusal | null {
  if (claimed === null || claimed === found) return null;
  if (claimed === undefined) return refuse('MalformedTrailerError');
  return refuse('BadDigest', { message: `The ${algorithm} you specified did not match the calculated checksum.` });
}

/** The SHA-256 of a body that was signed as a whole; null for unsigned and streamed ones. */
function signedPayloadHash(request: S3Request): string | null {
  const hash = request.headers.get('x-amz-content-sha256') ?? '';
  return /^[0-9a-f]{64}$/.test(hash) ? hash : null;
}

function checkPayloadHash(claimed: string | null, found: Buffer | undefined): Refusal | null {
  return claimed === null || found?.toString('hex') === claimed ? null : refuse('XAmzContentSHA256Mismatch');
}
