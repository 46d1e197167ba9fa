import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  InvalidAttributeName,
  InvalidAttributeValue,
  ListMessageMoveTasksCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  QueueDoesNotExist,
  QueueNameExists,
  ResourceNotFoundException,
  SetQueueAttributesCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { errorOf, TestQueues } from './support';

let queues: TestQueues;
beforeEach(async () => {
  queues = await TestQueues.start({ region: 'eu-west-1', accountId: '111122223333' });
});
afterEach(() => queues.close());

const create = (name: string, attributes?: Record<string, string>) =>
  queues.client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));

const attributesOf = async (url: string | undefined) =>
  (await queues.client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }))).Attributes;

const start = (SourceArn: string | undefined, DestinationArn?: string) =>
  queues.client.send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn }));

async function poisoned() {
  const dead = queues.server.createQueue('dead');
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: '2' });
  await create('captures', { RedrivePolicy, VisibilityTimeout: '10' });
  const queue = queues.server.queue('captures');
  if (queue === undefined) throw new Error('the queue was not created');
  const messageId = queue.send('poison');
  return { queue, dead, messageId };
}

async function post(target: string, body: string): Promise<Response> {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target };
  return await fetch(queues.server.url, { method: 'POST', headers, body });
}

describe('queues', () => {
  test('a queue made over HTTP is the queue in process', async () => {
    const { QueueUrl } = await create('captures', { VisibilityTimeout: '90' });

    const found = await queues.client.send(new GetQueueUrlCommand({ QueueName: 'captures' }));

    expect(QueueUrl).toBe(`${queues.server.url}/111122223333/captures`);
    expect(found.QueueUrl).toBe(QueueUrl);
    expect(queues.server.queue('captures')).toMatchObject({
      url: QueueUrl,
      arn: 'arn:aws:sqs:eu-west-1:111122223333:captures',
    });
  });

  test('the same name with the same attributes is the same queue, with others it is refused', async () => {
    const first = await create('captures', { DelaySeconds: '5' });

    expect(await create('captures', { DelaySeconds: '5' })).toMatchObject({ QueueUrl: first.QueueUrl });
    await expect(create('captures', { DelaySeconds: '6' })).rejects.toThrow(QueueNameExists);
  });

  test('they are listed, by prefix too', async () => {
    for (const name of ['a-1', 'a-2', 'b-1']) await create(name);

    const { QueueUrls = [] } = await queues.client.send(new ListQueuesCommand({ QueueNamePrefix: 'a-' }));

    expect(QueueUrls.map((url) => url.split('/').at(-1))).toEqual(['a-1', 'a-2']);
  });

  test('attributes have defaults, can be set, and count messages', async () => {
    const { QueueUrl } = await create('captures');
    const queue = queues.server.queue('captures');
    for (const delaySeconds of [0, 0, 9]) queue?.send('x', { delaySeconds });
    await queue?.receive(1);

    await queues.client.send(
      new SetQueueAttributesCommand({ QueueUrl, Attributes: { MessageRetentionPeriod: '1209600' } }),
    );

    expect(await attributesOf(QueueUrl)).toMatchObject({
      QueueArn: 'arn:aws:sqs:eu-west-1:111122223333:captures',
      VisibilityTimeout: '30',
      MessageRetentionPeriod: '1209600',
      MaximumMessageSize: '1048576',
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesNotVisible: '1',
      ApproximateNumberOfMessagesDelayed: '1',
    });
  });

  test.each([
    ['an unknown attribute', { Colour: 'red' }, InvalidAttributeName],
    ['a value out of range', { VisibilityTimeout: '43201' }, InvalidAttributeValue],
    ['a value that is no number', { DelaySeconds: 'soon' }, InvalidAttributeValue],
    ['a broken redrive policy', { RedrivePolicy: '{' }, InvalidAttributeValue],
  ])('%s is refused', async (_what, attributes, errorClass) => {
    await expect(create('captures', attributes)).rejects.toThrow(errorClass);
  });

  test('a dead-letter queue must exist', async () => {
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: 'arn:aws:sqs:eu-west-1:111122223333:none',
      maxReceiveCount: 2,
    });

    expect(await errorOf(create('captures', { RedrivePolicy }))).toEqual({
      name: 'InvalidParameterValue',
      status: 400,
    });
    expect(() => queues.server.createQueue('other', { maxReceiveCount: 2, deadLetterQueue: 'none' })).toThrow(
      'does not exist',
    );
  });

  test('purge empties a queue, delete removes it', async () => {
    const { QueueUrl } = await create('captures');
    queues.server.queue('captures')?.send('x');

    await queues.client.send(new PurgeQueueCommand({ QueueUrl }));
    expect(queues.server.queue('captures')?.counts().visible).toBe(0);

    await queues.client.send(new DeleteQueueCommand({ QueueUrl }));
    await expect(attributesOf(QueueUrl)).rejects.toThrow(QueueDoesNotExist);
  });
});

test('a message is gone when its retention is over', async () => {
  const short = queues.server.createQueue('short', { retentionSeconds: 60 });
  short.send('x');

  queues.passSeconds(59);
  expect(short.counts().visible).toBe(1);

  queues.passSeconds(1);
  expect(short.counts().visible).toBe(0);
  expect(await short.receive(1)).toEqual([]);
});

describe('redrive', () => {
  test('the receive after the last allowed one moves the message, with its id and count', async () => {
    const { queue, dead, messageId } = await poisoned();
    for (const _ of [1, 2]) {
      expect(await queue.receive(1)).toHaveLength(1);
      queues.passSeconds(10);
    }
    expect(dead.counts().visible).toBe(0);

    expect(await queue.receive(1)).toEqual([]);

    expect(await dead.receive(1)).toMatchObject([
      { messageId, body: 'poison', attributes: { ApproximateReceiveCount: '3', DeadLetterQueueSourceArn: queue.arn } },
    ]);
    expect(queue.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  test('a long poll on the dead-letter queue wakes when a message moves there', async () => {
    const { queue, dead } = await poisoned();
    const waiting = dead.receive(1, { waitMs: 20_000 });
    for (const _ of [1, 2, 3]) {
      await queue.receive(1);
      queues.passSeconds(10);
    }

    expect(await waiting).toHaveLength(1);
  });

  test('a move task brings it back to its queue as a new message, with all its receives ahead', async () => {
    const { queue, dead, messageId } = await poisoned();
    for (const _ of [1, 2, 3]) {
      await queue.receive(1);
      queues.passSeconds(10);
    }

    await start(dead.arn);

    const [message] = await queue.receive(1);
    expect(message).toMatchObject({ body: 'poison', attributes: { ApproximateReceiveCount: '1' } });
    expect(message?.messageId).not.toBe(messageId);
    expect(dead.counts().visible).toBe(0);
    const { Results } = await queues.client.send(new ListMessageMoveTasksCommand({ SourceArn: dead.arn }));
    expect(Results).toMatchObject([{ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 1 }]);
  });

  test('a move task can have another destination, for messages sent to the dead-letter queue directly too', async () => {
    const { dead } = await poisoned();
    const other = queues.server.createQueue('other');
    dead.send('direct');

    await start(dead.arn);
    expect(dead.counts().visible).toBe(1);

    await start(dead.arn, other.arn);
    expect((await other.receive(1)).map(({ body }) => body)).toEqual(['direct']);
  });

  test('a move task needs a dead-letter queue that exists', async () => {
    const { queue } = await poisoned();

    expect(await errorOf(start(queue.arn))).toEqual({ name: 'InvalidParameterValue', status: 400 });
    await expect(start(`${queue.arn}-not`)).rejects.toThrow(ResourceNotFoundException);
  });
});

describe('the protocol', () => {
  test('errors carry the type and the older query code', async () => {
    const response = await post('AmazonSQS.GetQueueUrl', '{"QueueName":"none"}');

    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-query-error')).toBe('AWS.SimpleQueueService.NonExistentQueue;Sender');
    expect(await response.json()).toMatchObject({ __type: 'com.amazonaws.sqs#QueueDoesNotExist' });
  });

  test.each([
    ['an operation nobody knows', 'AmazonSQS.Explode', '{}', 'UnknownOperationException'],
    ['a body that is not JSON', 'AmazonSQS.ListQueues', 'Action=ListQueues', 'InvalidParameterValueException'],
    ['a missing parameter', 'AmazonSQS.SendMessage', '{"QueueUrl":"x"}', 'MissingRequiredParameterException'],
    ['a parameter of a wrong type', 'AmazonSQS.GetQueueUrl', '{"QueueName":7}', 'InvalidParameterValueException'],
  ])('%s is a client error', async (_what, target, body, type) => {
    const response = await post(target, body);

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: `com.amazon.coral.service#${type}` });
  });
});
