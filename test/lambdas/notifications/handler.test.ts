import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
} from '@aws-sdk/client-s3';
import type { handler as Handler } from '../../../lambdas/notifications/index';
import { BUCKET, CREDENTIALS, type RunningServer, startServer } from '../../local/s3/running-server';

/** How long the handler's own waits last here. */
let mockTimeFactor = 0.01;
jest.mock('node:timers/promises', () => {
  const real = jest.requireActual<typeof import('node:timers/promises')>('node:timers/promises');
  const setTimeout: typeof real.setTimeout = (delayMs = 0, ...rest) =>
    real.setTimeout(delayMs * mockTimeFactor, ...rest);
  return { ...real, setTimeout };
});

const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:captured';
const FOREIGN: NotificationConfiguration = {
  TopicConfigurations: [
    { Id: 'theirs', TopicArn: 'arn:aws:sns:us-east-1:000000000000:t', Events: ['s3:ObjectRemoved:*'] },
  ],
  EventBridgeConfiguration: {},
};

/** The handler as CloudFormation calls it, on the embedded S3, with a listener where answers go. */
describe('the notifications resource', () => {
  let s3: RunningServer;
  let listener: Server;
  let handler: typeof Handler;
  let answers: { headers: IncomingHttpHeaders; body: Record<string, string> }[];
  let refusals: number;
  let responseUrl: string;
  let logged: string;
  const before = { ...process.env };

  beforeAll(async () => {
    s3 = await startServer({ deliverTo: () => {} });
    listener = createServer((request, response) => {
      let text = '';
      request.on('data', (piece: Buffer) => (text += piece.toString()));
      request.on('end', () => {
        refusals -= 1;
        if (refusals < 0) answers.push({ headers: request.headers, body: JSON.parse(text) as Record<string, string> });
        response.writeHead(refusals < 0 ? 200 : 503).end();
      });
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    responseUrl = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/answer?signature=secret`;
    process.env.AWS_ENDPOINT_URL_S3 = s3.server.url;
    process.env.AWS_REGION = 'us-east-1';
    process.env.AWS_ACCESS_KEY_ID = CREDENTIALS.accessKeyId;
    process.env.AWS_SECRET_ACCESS_KEY = CREDENTIALS.secretAccessKey;
    ({ handler } = await import('../../../lambdas/notifications/index'));
  });
  afterAll(async () => {
    process.env = before;
    listener.close();
    await s3.stop();
  });
  beforeEach(async () => {
    [answers, refusals, logged] = [[], 0, ''];
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      logged += String(text);
      return true;
    });
    await put(FOREIGN);
  });
  afterEach(() => jest.restoreAllMocks());

  const put = (NotificationConfiguration: NotificationConfiguration) =>
    s3.client.send(new PutBucketNotificationConfigurationCommand({ Bucket: BUCKET, NotificationConfiguration }));
  const configuration = async (): Promise<NotificationConfiguration> => {
    const { $metadata: _, ...rest } = await s3.client.send(
      new GetBucketNotificationConfigurationCommand({ Bucket: BUCKET }),
    );
    return rest;
  };
  const rule = (prefix: string) => ({ Id: 'credit-risk', Prefix: prefix, Suffix: '.jsonl', QueueArn: QUEUE });

  async function send(RequestType: 'Create' | 'Update' | 'Delete', parts: object = {}, properties: object = {}) {
    const event = {
      RequestType,
      ResponseURL: responseUrl,
      StackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/CreditRisk/uuid',
      RequestId: 'request-1',
      LogicalResourceId: 'Notifications',
      ResourceProperties: { ServiceToken: 'arn', BucketName: BUCKET, Rules: [rule('a b/')], ...properties },
      ...parts,
    };
    await handler(event, { getRemainingTimeInMillis: () => 60_000 });
    return answers.at(-1)?.body ?? {};
  }

  test('creates, updates and deletes its rule, and leaves those of others equal', async () => {
    const created = await send('Create');
    const after = await configuration();
    await send('Update', { PhysicalResourceId: created.PhysicalResourceId }, { Rules: [rule('a b/c/')] });
    const updated = await configuration();
    const deleted = await send('Delete', { PhysicalResourceId: created.PhysicalResourceId });

    expect(created).toEqual({
      Status: 'SUCCESS',
      Reason: 'the rules were written',
      PhysicalResourceId: expect.stringMatching(/^captures:capture-relay-[0-9a-f]{16}$/),
      StackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/CreditRisk/uuid',
      RequestId: 'request-1',
      LogicalResourceId: 'Notifications',
    });
    expect(after).toMatchObject({ ...FOREIGN, QueueConfigurations: [{ QueueArn: QUEUE }] });
    expect(updated.QueueConfigurations?.[0]?.Filter?.Key?.FilterRules).toContainEqual({
      Name: 'Prefix',
      Value: 'a+b/c/',
    });
    expect([deleted.Status, await configuration()]).toEqual(['SUCCESS', FOREIGN]);
  });

  test('fails with the key when its rule overlaps one of others, and changes nothing', async () => {
    const theirs = {
      ...FOREIGN,
      QueueConfigurations: [{ Id: 'q', QueueArn: QUEUE, Events: ['s3:ObjectCreated:Put' as const] }],
    };
    await put(theirs);

    const answer = await send('Create');

    expect(answer).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(/^bucket captures: .*would both take "a b\/example\.jsonl"/),
    });
    expect(await configuration()).toEqual(theirs);
  });

  test.each([
    ['Create', 'FAILED'],
    ['Update', 'FAILED'],
    ['Delete', 'SUCCESS'],
  ] as const)('answers a %s for a bucket that does not exist with %s', async (type, status) => {
    expect((await send(type, {}, { BucketName: 'no-such-bucket' })).Status).toBe(status);
  });

  test.each([
    ['Create', 'FAILED'],
    ['Delete', 'SUCCESS'],
  ] as const)('answers a %s with wrong properties with %s, so that a stack can end', async (type, status) => {
    const answer = await send(type, { ResourceProperties: {} });

    expect(answer).toMatchObject({ Status: status, Reason: expect.stringContaining('BucketName is missing') });
  });

  test('answers although something is broken that nobody thought of', async () => {
    const answer = await send('Create', { StackId: undefined });

    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'Notifications' });
  });

  test('answers before its time is over, and writes nothing after that', async () => {
    let asked = 0;
    const refusing = await startServer({
      deliverTo: () => {
        asked += 1;
        throw new Error('no such queue');
      },
    });
    mockTimeFactor = 1;
    process.env.AWS_ENDPOINT_URL_S3 = refusing.server.url;
    jest.resetModules();
    const slow = await import('../../../lambdas/notifications/index');
    const event = {
      RequestType: 'Create' as const,
      ResponseURL: responseUrl,
      StackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/CreditRisk/uuid',
      RequestId: 'request-1',
      LogicalResourceId: 'Notifications',
      ResourceProperties: { BucketName: BUCKET, Rules: [rule('a/')] },
    };

    await slow.handler(event, { getRemainingTimeInMillis: () => 20_600 });
    const askedInTime = asked;
    // The next write would come a second after the first.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    mockTimeFactor = 0.01;
    process.env.AWS_ENDPOINT_URL_S3 = s3.server.url;
    await refusing.stop();

    expect(answers[0]?.body).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('time is over') });
    expect([askedInTime, asked]).toEqual([1, 1]);
  });

  test('tries again when its answer is not taken, with no content type, for which the address is not signed', async () => {
    refusals = 2;

    const answer = await send('Create');

    expect(answer.Status).toBe('SUCCESS');
    expect(answers.map(({ headers }) => headers['content-type'])).toEqual(['']);
  });

  test('says when it could not answer, and never where', async () => {
    refusals = 3;

    const sent = send('Create');

    await expect(sent).rejects.toThrow('CloudFormation could not be answered: status 503');
    expect(logged).toContain('notification rules applied');
    expect(logged).not.toContain('secret');
  });
});
