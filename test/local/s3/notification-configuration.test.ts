import {
  type Event,
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { S3EventMessage, S3TestEvent } from '../../../src/local/s3/server';
import { BUCKET, type RunningServer, refusalOf, startServer } from './running-server';

const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:captured';
const TOPIC = 'arn:aws:sns:us-east-1:000000000000:captured';
const LAMBDA = 'arn:aws:lambda:us-east-1:000000000000:function:forward';
const CREATED: Event = 's3:ObjectCreated:*';
const CREATED_BY_PUT: Event = 's3:ObjectCreated:Put';
const REMOVED: Event = 's3:ObjectRemoved:*';
const TEXT: unknown = expect.any(String);

let running: RunningServer;
let deliveries: { arn: string; message: S3EventMessage | S3TestEvent }[];
let refusedArn: string | null;

beforeEach(async () => {
  [deliveries, refusedArn] = [[], null];
  running = await startServer({
    now: () => new Date('2026-03-01T10:00:00Z'),
    deliverTo: (arn, message) => {
      if (arn === refusedArn) throw new Error('no such queue');
      deliveries.push({ arn, message });
    },
  });
});
afterEach(() => running.stop());

const put = (Key: string) => running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'text' }));
const configure = (NotificationConfiguration: NotificationConfiguration) =>
  running.client.send(new PutBucketNotificationConfigurationCommand({ Bucket: BUCKET, NotificationConfiguration }));
/** Events go out after the answer, one turn of the loop later. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));
const filter = (prefix: string, suffix?: string) => ({
  Key: {
    FilterRules: [
      { Name: 'prefix' as const, Value: prefix },
      ...(suffix === undefined ? [] : [{ Name: 'suffix' as const, Value: suffix }]),
    ],
  },
});

describe('a notification configuration', () => {
  const QueueConfigurations = [{ Id: 'q', QueueArn: QUEUE, Events: [CREATED], Filter: filter('cap/e é/', '.jsonl') }];

  it('is kept as it was put, filter names capitalised as S3 does', async () => {
    const TopicConfigurations = [{ Id: 't', TopicArn: TOPIC, Events: [REMOVED] }];
    const LambdaFunctionConfigurations = [
      { Id: 'l', LambdaFunctionArn: LAMBDA, Events: [CREATED_BY_PUT], Filter: filter('other/') },
    ];
    const EventBridgeConfiguration = {};
    await configure({
      QueueConfigurations,
      TopicConfigurations,
      LambdaFunctionConfigurations,
      EventBridgeConfiguration,
    });

    const got = await running.client.send(new GetBucketNotificationConfigurationCommand({ Bucket: BUCKET }));

    const named = (Name: string, Value: string) => ({ Name, Value });
    expect(got).toMatchObject({
      QueueConfigurations: [
        {
          ...QueueConfigurations[0],
          Filter: { Key: { FilterRules: [named('Prefix', 'cap/e é/'), named('Suffix', '.jsonl')] } },
        },
      ],
      TopicConfigurations,
      LambdaFunctionConfigurations: [
        { ...LambdaFunctionConfigurations[0], Filter: { Key: { FilterRules: [named('Prefix', 'other/')] } } },
      ],
      EventBridgeConfiguration: {},
    });
    await configure({});
    const empty = await running.client.send(new GetBucketNotificationConfigurationCommand({ Bucket: BUCKET }));
    expect([empty.QueueConfigurations, empty.EventBridgeConfiguration]).toEqual([undefined, undefined]);
  });

  it('sends a test event before the first record, to queues and topics', async () => {
    const LambdaFunctionConfigurations = [{ LambdaFunctionArn: LAMBDA, Events: [CREATED], Filter: filter('other/') }];
    await configure({ QueueConfigurations, LambdaFunctionConfigurations });
    await put('cap/e é/a.jsonl');
    await put('other/b');
    await settled();

    expect(deliveries.map(({ arn }) => arn)).toEqual([QUEUE, QUEUE, LAMBDA]);
    expect(deliveries[0]?.message).toEqual({
      Service: 'Amazon S3',
      Event: 's3:TestEvent',
      Time: '2026-03-01T10:00:00.000Z',
      Bucket: BUCKET,
      RequestId: TEXT,
      HostId: TEXT,
    });
    expect(deliveries[1]?.message).toMatchObject({
      Records: [{ s3: { configurationId: 'q', object: { key: 'cap/e+%C3%A9/a.jsonl' } } }],
    });
  });

  it('is refused, and the old one kept, when a destination cannot be reached', async () => {
    refusedArn = QUEUE;

    expect(await refusalOf(configure({ QueueConfigurations }))).toBe('InvalidArgument 400');
    const got = await running.client.send(new GetBucketNotificationConfigurationCommand({ Bucket: BUCKET }));
    expect(got.QueueConfigurations).toBeUndefined();
  });

  it.each([
    [
      'overlapping rules of two destinations',
      {
        QueueConfigurations: [{ QueueArn: QUEUE, Events: [CREATED], Filter: filter('cap/') }],
        TopicConfigurations: [{ TopicArn: TOPIC, Events: [CREATED_BY_PUT], Filter: filter('cap/e/') }],
      },
      'Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type.',
    ],
    [
      'the same rule twice without a filter',
      {
        QueueConfigurations: [{ QueueArn: QUEUE, Events: [CREATED] }],
        TopicConfigurations: [{ TopicArn: TOPIC, Events: [CREATED] }],
      },
      'Configurations overlap. Configurations on the same bucket cannot share a common event type.',
    ],
    [
      'one id used twice',
      {
        QueueConfigurations: ['a/', 'b/'].map((prefix) => ({
          Id: 'same',
          QueueArn: QUEUE,
          Events: [CREATED],
          Filter: filter(prefix),
        })),
      },
      'Same ID used for multiple configurations. IDs must be unique',
    ],
    [
      'an event nobody knows',
      {
        QueueConfigurations: [{ QueueArn: QUEUE, Events: ['s3:ObjectEaten:*' as Event] }],
      },
      'The event is not supported for notifications',
    ],
    [
      'a destination that is no ARN',
      {
        QueueConfigurations: [{ QueueArn: 'captured', Events: [CREATED] }],
      },
      'The ARN is not well formed',
    ],
  ])('is refused for %s', async (_name, configuration, message) => {
    await expect(configure(configuration)).rejects.toMatchObject({ name: 'InvalidArgument', message });
    expect(deliveries).toEqual([]);
  });
});
