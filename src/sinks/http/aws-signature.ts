import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';

/** Signature Version 4 over one HTTP request, by the library that AWS's own clients sign with. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface AwsScope {
  /** As in the credential scope: `sagemaker`. */
  readonly service: string;
  readonly region: string;
}

export interface UnsignedRequest {
  readonly method: string;
  /** The path stays as it is encoded here; it is encoded once more in the canonical form, as all services but S3 ask. */
  readonly url: URL;
  /** Must hold `x-amz-content-sha256`, which is taken for the hash of the body. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The headers to send: those given, with a fresh `authorization`, `x-amz-date` and, for temporary credentials,
 * `x-amz-security-token`. Every header given is signed, and the host; not signed are those that connections and proxies
 * own (`connection`, `user-agent`, `transfer-encoding` …), unless `mustSign` names them.
 */
export async function awsSignedHeaders(
  request: UnsignedRequest,
  scope: AwsScope,
  credentials: AwsCredentials,
  date: Date,
  mustSign: ReadonlySet<string> = new Set(),
): Promise<Record<string, string>> {
  const { url } = request;
  const signer = new SignatureV4({ ...scope, credentials, sha256: Sha256 });
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: queryOf(url),
      headers: { ...request.headers, host: url.host },
    },
    { signingDate: date, signableHeaders: new Set(mustSign) },
  );
  // The host is the connection's to write; a second one would be another request.
  const { host: _host, ...headers } = signed.headers;
  return headers;
}

/** Decoded names with all their values: the signer sorts and encodes them itself. */
function queryOf(url: URL): Record<string, string[]> {
  return Object.fromEntries([...url.searchParams.keys()].map((name) => [name, url.searchParams.getAll(name)]));
}
