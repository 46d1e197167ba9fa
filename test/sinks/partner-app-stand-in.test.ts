import { partnerAppRefusal } from '../../src/local/partners/partner-app-signature';
import { demoFiddlerModels, FIDDLER_OPEN_ID } from '../../src/local/partners/demo-models';
import { type FiddlerStandIn, startFiddler } from '../../src/local/partners/fiddler';
import { sinkDefinition } from '../../src/sinks/registry';
import type { OpenSink, SinkProblem } from '../../src/sinks/sink';
import { bodyOf } from '../../src/core/batch';
import { encodeRow } from '../../src/core/row-template';
import type { InferenceBatch } from '../../src/core/types';
import { inference } from '../support/inferences';
import {
  credentialsOf,
  lowered,
  methodOf,
  type PartnerAppVector,
  VECTOR_ARN,
  VECTOR_TIME,
  VECTORS,
} from '../support/partner-app-vectors';

const MINUTE_MS = 60_000;
const ARN = 'arn:aws:sagemaker:us-west-2:111122223333:partner-app/app-1';
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'right' };

/** The request of a vector as a server gets it. */
function received(vector: PartnerAppVector, changes: Record<string, string> = {}) {
  const { url, headers, body } = vector.output;
  const { host, pathname, search } = new URL(url);
  return {
    method: methodOf(vector),
    target: pathname + search,
    headers: { ...lowered(headers), host, ...changes },
    body: Buffer.from(body ?? ''),
  };
}

describe('the gate of a partner app', () => {
  test.each(VECTORS)('lets $name pass, and refuses it under another secret', async (vector) => {
    const credentials = credentialsOf(vector);
    const verdict = (secretAccessKey: string) =>
      partnerAppRefusal(
        received(vector),
        { arn: VECTOR_ARN, credentials: { ...credentials, secretAccessKey } },
        VECTOR_TIME,
      );

    expect(await verdict(credentials.secretAccessKey)).toBeNull();
    expect(await verdict('wrong')).toBe('the signature does not match');
  });

  const [vector, , unsigned] = VECTORS as [PartnerAppVector, PartnerAppVector, PartnerAppVector];
  const verdict = (request: ReturnType<typeof received>, at = VECTOR_TIME) =>
    partnerAppRefusal(request, { arn: VECTOR_ARN, credentials: credentialsOf(vector) }, at);

  test('refuses a changed body, unless the body was not signed', async () => {
    const body = Buffer.from('{"changed":true}');

    expect(await verdict({ ...received(vector), body })).toBe('the body is not the one that was signed');
    expect(await verdict({ ...received(unsigned), body })).toBeNull();
  });

  test.each([
    ['x-sagemaker-partner-app-server-arn', ''],
    ['x-sagemaker-partner-app-server-arn', `${VECTOR_ARN}2`],
    ['x-amz-target', 'SageMaker.ListApps'],
    ['x-amz-partner-app-authorization', 'Bearer another'],
    ['x-amz-security-token', 'token'],
    ['x-amz-date', '20260901T120001Z'],
    ['content-type', 'text/csv'],
    ['host', 'elsewhere.example'],
    ['authorization', 'Bearer fiddler-token'],
  ])('refuses a request whose %s became "%s"', async (name, value) => {
    expect(await verdict(received(vector, { [name]: value }))).toEqual(expect.any(String));
  });

  test.each([
    [15, null],
    [16, 'the signature is not of now'],
    [-16, 'the signature is not of now'],
  ])('%i minutes after the signature says %j', async (minutes, says) => {
    expect(await verdict(received(vector), new Date(VECTOR_TIME.getTime() + minutes * MINUTE_MS))).toBe(says);
  });
});

describe('the fiddler sink before a partner app', () => {
  let partner: FiddlerStandIn;
  const variables = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE'] as const;
  const before = variables.map((name) => [name, process.env[name]] as const);

  beforeEach(async () => {
    partner = await startFiddler({
      token: 'a-token',
      models: demoFiddlerModels(),
      partnerApp: { arn: ARN, credentials: KEYS },
    });
    for (const name of variables) delete process.env[name];
    process.env.AWS_ACCESS_KEY_ID = KEYS.accessKeyId;
    process.env.AWS_SECRET_ACCESS_KEY = KEYS.secretAccessKey;
  });
  afterEach(async () => {
    await partner.close();
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  const open = async (partnerApp: object | undefined, token = 'a-token'): Promise<OpenSink | SinkProblem> => {
    const settings = { type: 'fiddler', url: partner.url, modelId: FIDDLER_OPEN_ID, token: { env: 'T' } };
    const parsed = sinkDefinition('fiddler')?.parse({ ...settings, ...(partnerApp && { partnerApp }) }, 'sinks[0]');
    if (parsed === undefined || 'problems' in parsed) throw new Error(JSON.stringify(parsed));
    return parsed.sink.open({ secrets: { token }, version: '0', requestTimeoutMs: 5_000 });
  };
  const deliver = async (sink: OpenSink | SinkProblem, attempt = 0) => {
    if ('problem' in sink || sink.template === null) throw new Error(JSON.stringify(sink));
    const row = encodeRow(sink.template.row, inference());
    if (!row.ok) throw new Error(row.reason);
    const batch: InferenceBatch = { inferences: [inference()], rows: [row.json], bodyBytes: 0, attempt };
    expect(bodyOf(batch, sink.template)).toContain('id-0');
    return sink.deliver(batch, new AbortController().signal);
  };

  test.each(['signed', 'unsigned'])('delivers with a %s payload, and tells a retry', async (payload) => {
    const sink = await open({ arn: ARN, payload });

    expect([(await deliver(sink)).kind, (await deliver(sink, 1)).kind]).toEqual(['accepted', 'accepted']);
    expect(partner.tally(FIDDLER_OPEN_ID).rows).toBe(2);
    expect(partner.eventsCalls.map((call) => call.clientRetry)).toEqual([null, '1']);
  });

  test('is misconfigured with a role that may not call the app, and names role and token', async () => {
    process.env.AWS_SECRET_ACCESS_KEY = 'wrong';

    expect(await open({ arn: ARN })).toMatchObject({
      problem: {
        kind: 'misconfigured',
        code: 'SINK_TOKEN_REFUSED',
        reason: expect.stringContaining('sagemaker:CallPartnerAppApi') as string,
      },
    });
  });

  test.each([
    ['another app', { arn: ARN.replace('app-1', 'app-2') }, 'a-token'],
    ['another header for the ARN', { arn: ARN, arnHeader: 'X-Mlapp-Sm-App-Server-Arn' }, 'a-token'],
    ['no signature at all', undefined, 'a-token'],
    ['another token', { arn: ARN }, 'b-token'],
  ])('with %s is refused', async (_, partnerApp, token) => {
    expect(await open(partnerApp, token)).toMatchObject({ problem: { code: 'SINK_TOKEN_REFUSED' } });
  });
});

describe('the settings of a partner app', () => {
  const problems = (partnerApp: object): readonly string[] => {
    const settings = { type: 'fiddler', url: 'https://f.example', modelId: FIDDLER_OPEN_ID, token: { env: 'T' } };
    const parsed = sinkDefinition('fiddler')?.parse({ ...settings, partnerApp }, 'sinks[0]');
    return parsed !== undefined && 'problems' in parsed ? parsed.problems : [];
  };

  test('are checked with the rest, each by its key', () => {
    expect(problems({ arn: ARN })).toEqual([]);
    expect(problems({ arn: ARN.replace('sagemaker', 's3'), payload: 'half', arnHeader: 'a b' })).toEqual([
      expect.stringMatching(/^sinks\[0\]\.partnerApp\.arn must be the ARN of a partner app/),
      'sinks[0].partnerApp.payload must be signed or unsigned; given: "half"',
      'sinks[0].partnerApp.arnHeader must be the name of a header; given: "a b"',
    ]);
    expect(problems({})).toEqual([expect.stringContaining('sinks[0].partnerApp.arn is missing')]);
  });
});
