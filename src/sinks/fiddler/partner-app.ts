import { createHash } from 'node:crypto';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { messageOf } from '../../core/errors';
import { type AwsCredentials, awsSignedHeaders } from '../http/aws-signature';
import type { HttpAnswer, HttpClient, HttpRequest } from '../http/http-client';
import type { PartnerAppSettings } from './definition';

/**
 * Fiddler as a SageMaker Partner AI App: every request is signed for the app, and Fiddler's own token travels in a header
 * of its own. Source: `partner_app/auth_utils` of AWS's SageMaker Python SDK; the vectors under
 * test/fixtures/partner-app were made with it.
 */
const TARGET = 'SageMaker.CallPartnerAppApi';

/** Named `X-Mlapp-Sm-App-Server-Arn` in the SDK's first release alone; samples on the web still show that name. */
const ARN_HEADER = 'X-SageMaker-Partner-App-Server-Arn';

/** What is signed besides the headers made here. Few, because a proxy may change any other on its way. */
const SIGNED_HEADERS: ReadonlySet<string> = new Set(['authorization', 'content-type']);

export interface SignedRequest {
  /** The address to send to: a `+` in it has become `%20`. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/** A client whose every request is signed anew, retries too. `credentials` is asked each time: it knows when they expire. */
export function partnerAppClient(
  client: HttpClient,
  app: PartnerAppSettings,
  credentials: () => Promise<AwsCredentials> = defaultProvider(),
  now: () => Date = () => new Date(),
): HttpClient {
  const send = async (request: HttpRequest): Promise<HttpAnswer> => {
    let current: AwsCredentials;
    try {
      current = await credentials();
    } catch (error) {
      return { kind: 'failure', reason: `there are no AWS credentials to sign with: ${messageOf(error)}` };
    }
    const entries = Object.entries(request.headers);
    const headers = Object.fromEntries(entries.filter(([name]) => SIGNED_HEADERS.has(name.toLowerCase())));
    const others = Object.fromEntries(entries.filter(([name]) => !SIGNED_HEADERS.has(name.toLowerCase())));
    const signed = await signForPartnerApp({ ...request, headers }, app, current, now());
    return client.send({ ...request, url: signed.url, headers: { ...others, ...signed.headers } });
  };
  return { send, close: () => client.close() };
}

/**
 * Signs one request, all its headers included, for the app's region, which its ARN names. The `authorization` given
 * becomes `X-Amz-Partner-App-Authorization`.
 */
export async function signForPartnerApp(
  request: Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>,
  app: PartnerAppSettings,
  credentials: AwsCredentials,
  date: Date,
): Promise<SignedRequest> {
  const url = new URL(request.url.href.replaceAll('+', '%20'));
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers))
    headers[name.toLowerCase() === 'authorization' ? 'X-Amz-Partner-App-Authorization' : name] = value;
  headers[app.arnHeader ?? ARN_HEADER] = app.arn;
  headers['X-Amz-Target'] = TARGET;
  headers['X-Amz-Content-SHA256'] = payloadHash(request.body, app.payload ?? 'signed');
  const region = app.arn.split(':')[3] ?? '';
  const scope = { service: 'sagemaker', region };
  return { url, headers: await awsSignedHeaders({ method: request.method, url, headers }, scope, credentials, date) };
}

/** As AWS's provider has it: no body is an empty one, and what cannot be hashed beforehand is not signed. */
function payloadHash(body: HttpRequest['body'], payload: 'signed' | 'unsigned'): string {
  if (body !== null && (payload === 'unsigned' || typeof body !== 'string')) return 'UNSIGNED-PAYLOAD';
  return createHash('sha256')
    .update(body ?? '')
    .digest('hex');
}
