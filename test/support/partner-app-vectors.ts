import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { AwsCredentials } from '../../src/sinks/http/aws-signature';

/** Requests that AWS's SageMaker Python SDK signed at a fixed time; `madeBy` in the file says with which versions. */
const headers = z.record(z.string(), z.string());
const vector = z.object({
  name: z.string(),
  input: z.object({
    method: z.enum(['GET', 'POST', 'PATCH']).optional(),
    url: z.string().optional(),
    body: z.string().nullish(),
    bodyType: z.enum(['bytes', 'str', 'NoneType']),
    sessionToken: z.string().nullable(),
  }),
  canonicalRequest: z.string(),
  output: z.object({ url: z.string(), headers, body: z.string().nullable() }),
});
const file = z.object({
  frozenTime: z.literal('20260901T120000Z'),
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  environment: z.object({ AWS_PARTNER_APP_ARN: z.string() }),
  vectors: z.array(vector).length(8),
});

export type PartnerAppVector = z.infer<typeof vector>;

const parsed = file.parse(
  JSON.parse(readFileSync(join(__dirname, '../fixtures/partner-app/auth-vectors.json'), 'utf8')),
);

export const VECTORS = parsed.vectors;
export const VECTOR_ARN = parsed.environment.AWS_PARTNER_APP_ARN;
export const VECTOR_TIME = new Date('2026-09-01T12:00:00Z');

export function credentialsOf({ input }: PartnerAppVector): AwsCredentials {
  return { ...parsed.credentials, ...(input.sessionToken === null ? {} : { sessionToken: input.sessionToken }) };
}

export const methodOf = ({ canonicalRequest }: PartnerAppVector): 'GET' | 'POST' | 'PATCH' =>
  z.enum(['GET', 'POST', 'PATCH']).parse(canonicalRequest.split('\n')[0]);

/** Header names in lower case: HTTP does not tell them apart. */
export const lowered = (record: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name.toLowerCase(), value]));

/** The headers as they were before AWS's provider touched them: what it made is gone, the vendor's token is back. */
export function unsignedHeaders({ output }: PartnerAppVector): Record<string, string> {
  const { 'x-amz-partner-app-authorization': token = '', ...rest } = lowered(output.headers);
  const own = Object.entries(rest).filter(([name]) => !/^x-amz-|^x-sagemaker-|^authorization$/.test(name));
  return { ...Object.fromEntries(own), Authorization: token };
}
