import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { otherRegionReason } from '../../../lambdas/notifications/bucket-region';
import type { handler as Handler } from '../../../lambdas/notifications/index';

const xml = (code: string, more = ''): string =>
  `<?xml version="1.0"?><Error><Code>${code}</Code><Message>as S3 says it</Message>${more}</Error>`;

/** The handler against an S3 that answers as another region's does. */
describe('a bucket of another region', () => {
  let s3: Server;
  let handler: typeof Handler;
  let answer: { status: number; headers: Record<string, string>; body: string };
  let told: Record<string, string>;
  let responseUrl: string;
  const before = { ...process.env };

  beforeAll(async () => {
    s3 = createServer((request, response) => {
      let text = '';
      request.on('data', (piece: Buffer) => (text += piece.toString()));
      request.on('end', () => {
        if (request.url?.startsWith('/answer')) {
          told = JSON.parse(text) as Record<string, string>;
          response.writeHead(200).end();
        } else response.writeHead(answer.status, answer.headers).end(answer.body);
      });
    });
    await new Promise<void>((resolve) => s3.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(s3.address() as AddressInfo).port}`;
    responseUrl = `${url}/answer`;
    process.env.AWS_ENDPOINT_URL_S3 = url;
    process.env.AWS_REGION = 'us-east-1';
    process.env.AWS_ACCESS_KEY_ID = 'LOCALKEY';
    process.env.AWS_SECRET_ACCESS_KEY = 'local-secret';
    ({ handler } = await import('../../../lambdas/notifications/index'));
  });
  afterAll(() => {
    process.env = before;
    s3.close();
  });
  beforeEach(() => {
    jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  });
  afterEach(() => jest.restoreAllMocks());

  async function send(RequestType: 'Create' | 'Update' | 'Delete') {
    const event = {
      RequestType,
      ResponseURL: responseUrl,
      StackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/CreditRisk/uuid',
      RequestId: 'request-1',
      LogicalResourceId: 'Notifications',
      ResourceProperties: {
        BucketName: 'ml-captures',
        Rules: [{ Id: 'credit-risk', Prefix: 'a/', QueueArn: 'arn:aws:sqs:us-east-1:000000000000:q' }],
      },
    };
    await handler(event, { getRemainingTimeInMillis: () => 60_000 });
    return { status: told.Status, reason: told.Reason };
  }

  test.each([
    ['a permanent redirect', 301, { 'x-amz-bucket-region': 'eu-west-1' }, xml('PermanentRedirect')],
    ['a temporary redirect', 307, { 'x-amz-bucket-region': 'eu-west-1' }, xml('TemporaryRedirect')],
    ['a signature of the wrong region', 400, {}, xml('AuthorizationHeaderMalformed', '<Region>eu-west-1</Region>')],
  ])('that S3 tells by %s fails the deploy with both regions and what to do', async (_, status, headers, body) => {
    answer = { status, headers, body };

    expect(await send('Create')).toEqual({
      status: 'FAILED',
      reason:
        'bucket ml-captures is in eu-west-1, and this function in us-east-1: S3 notifies within one region only; deploy this model by an application of eu-west-1 (region in its capture-relay.yaml), or take a bucket of us-east-1',
    });
  });

  test('does not hold the deletion of the stack that failed for it', async () => {
    answer = { status: 301, headers: { 'x-amz-bucket-region': 'eu-west-1' }, body: xml('PermanentRedirect') };

    expect((await send('Delete')).status).toBe('SUCCESS');
  });

  test('that S3 does not name is said to be another one', async () => {
    answer = { status: 301, headers: {}, body: xml('PermanentRedirect') };

    expect((await send('Update')).reason).toMatch(/^bucket ml-captures is in another region, and this function in us/);
  });

  test.each([
    ['an error of another kind', 403, {}, xml('AccessDenied')],
    ['a signature that is wrong otherwise', 400, {}, xml('AuthorizationHeaderMalformed')],
  ])('is not what %s is taken for', async (_, status, headers, body) => {
    answer = { status, headers, body };

    expect(await send('Delete')).toEqual({ status: 'FAILED', reason: 'as S3 says it' });
  });
});

test('whatever is thrown beside errors of S3 is none of another region', () => {
  expect([null, 'PermanentRedirect', new Error('x')].map((each) => otherRegionReason(each, 'b', 'us-east-1'))).toEqual([
    null,
    null,
    null,
  ]);
});
