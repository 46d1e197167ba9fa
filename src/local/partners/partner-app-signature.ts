import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type AwsCredentials, awsSignedHeaders } from '../../sinks/http/aws-signature';

/**
 * What AWS checks before a call reaches a SageMaker Partner AI App. Any list of signed headers is taken, and a body that
 * is hashed or `UNSIGNED-PAYLOAD`: the vendor's own client sends the latter.
 */
export interface PartnerAppAccess {
  readonly arn: string;
  /** The only ones let in. */
  readonly credentials: AwsCredentials;
  /** Default `X-SageMaker-Partner-App-Server-Arn`. */
  readonly arnHeader?: string;
}

export interface ReceivedRequest {
  readonly method: string;
  /** Path and query, as they came. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

const ARN_HEADER = 'X-SageMaker-Partner-App-Server-Arn';
const MUST_BE_SIGNED = ['host', 'x-amz-content-sha256', 'x-amz-date'];
/** AWS refuses older and younger requests. */
const MAX_SKEW_MS = 15 * 60_000;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/\s]+)\/(\d{8}\/[^,\s]+), ?SignedHeaders=([a-z0-9;_-]+), ?Signature=([0-9a-f]{64})$/;

/** Why AWS would not let this request pass; null when it would. */
export async function partnerAppRefusal(
  request: ReceivedRequest,
  access: PartnerAppAccess,
  now: Date,
): Promise<string | null> {
  const header = (name: string): string => String(request.headers[name.toLowerCase()] ?? '');
  const [, accessKeyId, scope = '', list = '', signature = ''] = AUTHORIZATION.exec(header('authorization')) ?? [];
  if (accessKeyId !== access.credentials.accessKeyId) return 'the request is not signed by a known key';
  const date = signingDate(header('x-amz-date'));
  if (date === null || Math.abs(now.getTime() - date.getTime()) > MAX_SKEW_MS) return 'the signature is not of now';
  const region = access.arn.split(':')[3] ?? '';
  if (scope !== `${header('x-amz-date').slice(0, 8)}/${region}/sagemaker/aws4_request`) return 'the scope is another';
  if (header(access.arnHeader ?? ARN_HEADER) !== access.arn) return 'the ARN of the partner app is missing or another';
  if (header('x-amz-target') !== 'SageMaker.CallPartnerAppApi') return 'X-Amz-Target is missing or another';
  if (header('x-amz-security-token') !== (access.credentials.sessionToken ?? '')) return 'the session token is another';
  const hash = header('x-amz-content-sha256');
  if (hash !== 'UNSIGNED-PAYLOAD' && hash !== createHash('sha256').update(request.body).digest('hex'))
    return 'the body is not the one that was signed';
  const signed = list.split(';');
  if (MUST_BE_SIGNED.some((name) => !signed.includes(name))) return `${MUST_BE_SIGNED.join(', ')} must be signed`;
  const expected = await expectedSignature(request, signed, { region, date, credentials: access.credentials });
  return isSame(signature, expected) ? null : 'the signature does not match';
}

async function expectedSignature(
  request: ReceivedRequest,
  signed: readonly string[],
  by: { readonly region: string; readonly date: Date; readonly credentials: AwsCredentials },
): Promise<string> {
  const headers = Object.fromEntries(signed.map((name) => [name, String(request.headers[name] ?? '')]));
  const url = new URL(request.target, `http://${request.headers.host ?? ''}`);
  const scope = { service: 'sagemaker', region: by.region };
  const unsigned = { method: request.method, url, headers };
  const made = await awsSignedHeaders(unsigned, scope, by.credentials, by.date, new Set(signed));
  const [, , , list, signature = ''] = AUTHORIZATION.exec(made.authorization ?? '') ?? [];
  return list === signed.join(';') ? signature : '';
}

function isSame(given: string, expected: string): boolean {
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}

/** `20260901T120000Z`; null for another form. */
function signingDate(text: string): Date | null {
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const date = new Date(iso);
  return iso === text || Number.isNaN(date.getTime()) ? null : date;
}
