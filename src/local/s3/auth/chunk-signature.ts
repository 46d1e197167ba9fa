/** The chain of signatures inside a signed aws-chunked body: each chunk is signed over the signature before it. */
import { createHash } from 'node:crypto';
import type { ChunkVerifier } from '../wire/aws-chunked';
import { hmac, type SigningScope } from './signing-key';

const EMPTY_SHA256 = createHash('sha256').digest('hex');

/** Verifies chunks in order, beginning at the signature of the request itself. */
export function chunkVerifier(scope: SigningScope, seedSignature: string): ChunkVerifier {
  let previous = seedSignature;
  const check = (algorithm: string, hashes: readonly string[], signature: string | null): boolean => {
    const text = [algorithm, scope.timestamp, scope.credentialScope, previous, ...hashes].join('\n');
    previous = hmac(scope.signingKey, text).toString('hex');
    return previous === signature;
  };
  return {
    chunk: (sha256Hex, signature) => check('AWS4-HMAC-SHA256-PAYLOAD', [EMPTY_SHA256, sha256Hex], signature),
    trailer: (signedText, signature) =>
      check('AWS4-HMAC-SHA256-TRAILER', [createHash('sha256').update(signedText).digest('hex')], signature),
  };
}
