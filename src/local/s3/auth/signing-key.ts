/** Derives the key of Signature Version 4 from a secret and the scope it is good for. */
import { createHmac } from 'node:crypto';

/** What a signature was made with, apart from the text that is signed. */
export interface SigningScope {
  /** `yyyymmddThhmmssZ`. */
  readonly timestamp: string;
  /** `yyyymmdd/region/service/aws4_request`. */
  readonly credentialScope: string;
  readonly signingKey: Buffer;
}

export function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** Source: S3 API reference, "Deriving a signing key". */
export function signingScope(secretAccessKey: string, timestamp: string, credentialScope: string): SigningScope {
  let key: string | Buffer = `AWS4${secretAccessKey}`;
  for (const part of credentialScope.split('/')) key = hmac(key, part);
  return { timestamp, credentialScope, signingKey: Buffer.isBuffer(key) ? key : Buffer.from(key) };
}
