import type { HttpAnswer, HttpRequest } from '../../src/sinks/http/http-client';
import { partnerAppClient, signForPartnerApp } from '../../src/sinks/fiddler/partner-app';
import {
  credentialsOf,
  lowered,
  methodOf,
  unsignedHeaders,
  VECTOR_ARN,
  VECTOR_TIME,
  VECTORS,
} from '../support/partner-app-vectors';

const URL_OF_APP = new URL('https://app.partner-app.eu-west-1.sagemaker.aws/v3/events');
const ARN = 'arn:aws:sagemaker:eu-west-1:111122223333:partner-app/app-1';
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const ANSWER: HttpAnswer = {
  kind: 'answer',
  status: 200,
  retryAfterMs: null,
  contentType: '',
  text: '',
  isTruncated: false,
};

describe('signing for a partner app', () => {
  test.each(VECTORS)("$name comes out as from AWS's own provider", async (vector) => {
    const { input, output } = vector;
    const url = new URL(input.url ?? output.url);
    const request = { method: methodOf(vector), url, headers: unsignedHeaders(vector), body: output.body };
    const app = { arn: VECTOR_ARN, payload: input.bodyType === 'str' ? ('unsigned' as const) : ('signed' as const) };

    const signed = await signForPartnerApp(request, app, credentialsOf(vector), VECTOR_TIME);

    expect(signed.url.href).toBe(output.url);
    expect(lowered(signed.headers)).toEqual(lowered(output.headers));
  });

  test('with unsigned payloads still hashes what has no body', async () => {
    const request = { method: 'GET' as const, url: URL_OF_APP, headers: {}, body: null };
    const { headers } = await signForPartnerApp(request, { arn: ARN, payload: 'unsigned' }, KEYS, VECTOR_TIME);

    expect(headers['X-Amz-Content-SHA256']).toMatch(/^e3b0c442/);
  });

  test('takes the region from the ARN and the name of its header from the settings', async () => {
    const request = { method: 'GET' as const, url: URL_OF_APP, headers: {}, body: null };
    const app = { arn: ARN, arnHeader: 'X-Mlapp-Sm-App-Server-Arn' };
    const { headers } = await signForPartnerApp(request, app, KEYS, VECTOR_TIME);

    expect(headers.authorization).toMatch(
      /\/20260901\/eu-west-1\/sagemaker\/aws4_request, .*;x-mlapp-sm-app-server-arn,/,
    );
    expect(headers['X-Mlapp-Sm-App-Server-Arn']).toBe(ARN);
  });
});

describe('a client for a partner app', () => {
  const sent: HttpRequest[] = [];
  const noted = (request: HttpRequest): Promise<HttpAnswer> => {
    sent.push(request);
    return Promise.resolve(ANSWER);
  };
  const client = (credentials: () => Promise<typeof KEYS>, times: string[]) =>
    partnerAppClient(
      { send: noted, close: () => Promise.resolve() },
      { arn: ARN },
      credentials,
      () => new Date(times.shift() ?? ''),
    );
  const request = (): HttpRequest => ({
    method: 'POST',
    url: URL_OF_APP,
    headers: {
      authorization: 'Bearer t',
      'content-type': 'application/json',
      accept: 'x',
      'x-fiddler-client-retry': '1',
    },
    body: '{}',
    signal: new AbortController().signal,
  });
  beforeEach(() => void sent.splice(0));

  test('signs each request anew, with the credentials of the moment', async () => {
    const keys = ['AKONE', 'AKTWO'];
    const signing = client(
      () => Promise.resolve({ ...KEYS, accessKeyId: keys.shift() ?? '' }),
      ['2026-09-01T12:00:00Z', '2026-09-01T12:00:07Z'],
    );
    await signing.send(request());
    await signing.send(request());

    expect(sent.map(({ headers }) => [headers['x-amz-date'], headers.authorization?.slice(0, 38)])).toEqual([
      ['20260901T120000Z', expect.stringContaining('AKONE')],
      ['20260901T120007Z', expect.stringContaining('AKTWO')],
    ]);
  });

  test('signs no header that a proxy may change, and sends them all the same', async () => {
    await client(() => Promise.resolve(KEYS), ['2026-09-01T12:00:00Z']).send(request());

    expect(sent[0]?.headers).toMatchObject({ accept: 'x', 'x-fiddler-client-retry': '1' });
    expect(/SignedHeaders=([^,]*)/.exec(sent[0]?.headers.authorization ?? '')?.[1]).toBe(
      'content-type;host;x-amz-content-sha256;x-amz-date;x-amz-partner-app-authorization;x-amz-target;x-sagemaker-partner-app-server-arn',
    );
  });

  test('without AWS credentials sends nothing and says so', async () => {
    const answer = await client(() => Promise.reject(new Error('no provider')), []).send(request());

    expect(answer).toEqual({ kind: 'failure', reason: 'there are no AWS credentials to sign with: no provider' });
    expect(sent).toEqual([]);
  });
});
