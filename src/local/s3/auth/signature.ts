/** Verifies Signature Version 4, in the Authorization header or in the query of a presigned URL. */
import { timingSafeEqual } from 'node:crypto';
import type { ChunkVerifier } from '../wire/aws-chunked';
import { type Refusal, refuse } from '../wire/refusal';
import type { S3Request } from '../wire/request';
import { hashCanonicalRequest } from './canonical-request';
import { chunkVerifier } from './chunk-signature';
import { hmac, signingScope } from './signing-key';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Verified {
  readonly kind: 'verified';
  /** For a body whose chunks are signed; null otherwise. */
  readonly chunks: ChunkVerifier | null;
}

/** What a client says about its signature. */
interface Claim {
  readonly accessKeyId: string;
  readonly credentialScope: string;
  readonly timestamp: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly payloadHash: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * Checks a request against the only known credentials. Clock skew is not judged, since tests inject clocks; the expiry of
 * a presigned URL is, against `now`.
 */
export function verifySignature(request: S3Request, credentials: Credentials, now: Date): Verified | Refusal {
  const presigned = request.query.has('X-Amz-Signature');
  if (!presigned && !request.headers.has('authorization')) return refuse('AccessDenied');
  const claim = presigned ? claimOfQuery(request.query) : claimOfHeaders(request.headers);
  if (claim === null) return refuse('AuthorizationHeaderMalformed');
  if (claim.accessKeyId !== credentials.accessKeyId) {
    return refuse('InvalidAccessKeyId', { details: { AWSAccessKeyId: claim.accessKeyId } });
  }
  if (presigned && hasExpired(request.query, now)) return refuse('AccessDenied', { message: 'Request has expired' });
  const scope = signingScope(credentials.secretAccessKey, claim.timestamp, claim.credentialScope);
  const hash = hashCanonicalRequest(request, claim.signedHeaders, claim.payloadHash);
  const expected = hmac(scope.signingKey, [ALGORITHM, claim.timestamp, claim.credentialScope, hash].join('\n'));
  const given = Buffer.from(claim.signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return refuse('SignatureDoesNotMatch');
  const signedChunks = claim.payloadHash.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD');
  return { kind: 'verified', chunks: signedChunks ? chunkVerifier(scope, claim.signature) : null };
}

function claimOfHeaders(headers: ReadonlyMap<string, string>): Claim | null {
  const fields =
    /^AWS4-HMAC-SHA256\s+Credential=([^,\s]+)\s*,\s*SignedHeaders=([^,\s]+)\s*,\s*Signature=([0-9a-f]+)\s*$/.exec(
      headers.get('authorization') ?? '',
    );
  const timestamp = headers.get('x-amz-date') ?? '';
  const payloadHash = headers.get('x-amz-content-sha256');
  const [, credential, signedHeaders, signature] = fields ?? [];
  if (credential === undefined || signedHeaders === undefined || signature === undefined || payloadHash === undefined) {
    return null;
  }
  return withCredential(credential, { timestamp, signedHeaders: signedHeaders.split(';'), signature, payloadHash });
}

function claimOfQuery(query: ReadonlyMap<string, string>): Claim | null {
  if (query.get('X-Amz-Algorithm') !== ALGORITHM) return null;
  return withCredential(query.get('X-Amz-Credential') ?? '', {
    timestamp: query.get('X-Amz-Date') ?? '',
    signedHeaders: (query.get('X-Amz-SignedHeaders') ?? '').split(';'),
    signature: query.get('X-Amz-Signature') ?? '',
    payloadHash: query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD',
  });
}

function withCredential(credential: string, rest: Omit<Claim, 'accessKeyId' | 'credentialScope'>): Claim | null {
  const slash = credential.indexOf('/');
  const credentialScope = credential.slice(slash + 1);
  if (slash < 1 || !/^\d{8}\/[^/]+\/s3\/aws4_request$/.test(credentialScope)) return null;
  return { accessKeyId: credential.slice(0, slash), credentialScope, ...rest };
}

function hasExpired(query: ReadonlyMap<string, string>, now: Date): boolean {
  const fields = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Amz-Date') ?? '');
  const lifeSeconds = Number(query.get('X-Amz-Expires'));
  if (fields === null || !Number.isInteger(lifeSeconds)) return true;
  const [, year, month, day, hour, minute, second] = fields;
  const signedAtMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return now.getTime() > signedAtMs + lifeSeconds * 1000;
}
