import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  MessageNotInflight,
  QueueDoesNotExist,
  ReceiptHandleIsInvalid,
  InvalidMessageContents,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { Queue } from '../../../src/local/sqs/queue';
import { errorOf, TestQueues } from './support';

let queues: TestQueues;
let queue: Queue;
beforeEach(async () => {
  queues = await TestQueues.start();
  queue = queues.server.createQueue('captures');
});
afterEach(() => queues.close());

const send = (body: string, rest = {}) =>
  queues.client.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: body, ...rest }));

async function receive(rest = {}): Promise<Message[]> {
  const { Messages = [] } = await queues.client.send(new ReceiveMessageCommand({ QueueUrl: queue.url, ...rest }));
  return Messages;
}

const change = (message: Message | undefined, seconds: number) =>
  queues.client.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: queue.url,
      ReceiptHandle: message?.ReceiptHandle,
      VisibilityTimeout: seconds,
    }),
  );

const remove = (message: Message | undefined) =>
  queues.client.send(new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle: message?.ReceiptHandle }));

describe('sending and receiving', () => {
  test('a message arrives with its id, body and digests the client agrees with', async () => {
    const sent = await send('grüße \u{1F600}\t\n');

    const [message] = await receive();

    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: 'grüße \u{1F600}\t\n',
      MD5OfBody: sent.MD5OfMessageBody,
    });
  });

  test('attributes come back as asked for, text, number and binary', async () => {
    const attributes = {
      kind: { DataType: 'String', StringValue: 'capture' },
      'trace.id': { DataType: 'Number.int', StringValue: '7' },
      blob: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255]) },
    };
    const sent = await send('x', { MessageAttributes: attributes });

    const [all] = await receive({ MessageAttributeNames: ['All'], VisibilityTimeout: 0 });
    const [some] = await receive({ MessageAttributeNames: ['trace.*'] });

    expect(all?.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes);
    expect(all?.MessageAttributes).toMatchObject({ kind: attributes.kind, 'trace.id': attributes['trace.id'] });
    expect([...(all?.MessageAttributes?.blob?.BinaryValue ?? [])]).toEqual([0, 255]);
    expect(Object.keys(some?.MessageAttributes ?? {})).toEqual(['trace.id']);
  });

  test('the digest of attributes is the one AWS computes', async () => {
    const timestamp = { DataType: 'Number', StringValue: '1493147359900' };

    const sent = await send('x', { MessageAttributes: { timestamp } });

    // The value moto's tests hold for this attribute, as SQS answered it.
    expect(sent.MD5OfMessageAttributes).toBe('235c5c510d26fb653d073faed50ae77c');
  });

  test('system attributes tell when it was sent, first received, and how often', async () => {
    const sentMs = queues.nowMs;
    await send('x');
    queues.passSeconds(5);
    await receive();
    queues.passSeconds(31);

    const [message] = await receive({ MessageSystemAttributeNames: ['All'] });

    expect(message?.Attributes).toMatchObject({
      SenderId: 'AIDALOCALSENDER',
      SentTimestamp: String(sentMs),
      ApproximateFirstReceiveTimestamp: String(sentMs + 5000),
      ApproximateReceiveCount: '2',
    });
  });

  test('no more messages come than asked for, oldest first', async () => {
    for (const body of ['a', 'b', 'c']) await send(body);

    expect((await receive({ MaxNumberOfMessages: 2 })).map(({ Body }) => Body)).toEqual(['a', 'b']);
    expect((await receive({ MaxNumberOfMessages: 10 })).map(({ Body }) => Body)).toEqual(['c']);
  });

  test('a body of 1 MiB passes, one byte more does not, attributes counted', async () => {
    const largest = 'x'.repeat(1_048_576);

    await send(largest);

    expect(await errorOf(send(`${largest}x`))).toEqual({ name: 'InvalidParameterValue', status: 400 });
    const attributes = { MessageAttributes: { a: { DataType: 'String', StringValue: 'b' } } };
    expect(await errorOf(send(largest, attributes))).toEqual({ name: 'InvalidParameterValue', status: 400 });
  });

  test.each(['\u0000', 'a\u001Fb', '\uFFFE', '\uD800'])('a body with the character %j is refused', async (body) => {
    await expect(send(body)).rejects.toThrow(InvalidMessageContents);
  });

  test.each([
    { MaxNumberOfMessages: 11 },
    { MaxNumberOfMessages: 0 },
    { WaitTimeSeconds: 21 },
    { VisibilityTimeout: 43_201 },
  ])('a receive with %j is refused', async (input) => {
    expect(await errorOf(receive(input))).toEqual({ name: 'InvalidParameterValue', status: 400 });
  });

  test('a queue that does not exist is its own error', async () => {
    const sending = queues.client.send(new SendMessageCommand({ QueueUrl: `${queue.url}-not`, MessageBody: 'x' }));

    await expect(sending).rejects.toThrow(QueueDoesNotExist);
  });
});

describe('delay', () => {
  test('a delayed message comes when its time is over', async () => {
    await send('later', { DelaySeconds: 900 });

    queues.passSeconds(899);
    expect(await receive()).toEqual([]);
    expect(queue.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 1 });

    queues.passSeconds(1);
    expect(await receive()).toHaveLength(1);
  });

  test('more than 900 seconds are refused', async () => {
    expect(await errorOf(send('x', { DelaySeconds: 901 }))).toEqual({ name: 'InvalidParameterValue', status: 400 });
  });

  test('the delay of the queue counts when the message has none of its own', async () => {
    const slow = queues.server.createQueue('slow', { delaySeconds: 60 });
    slow.send('queue');
    slow.send('own', { delaySeconds: 0 });

    expect((await slow.receive(10)).map(({ body }) => body)).toEqual(['own']);
  });
});

describe('visibility', () => {
  test('a received message is hidden for the timeout, and then comes again', async () => {
    await send('x');
    await receive();

    queues.passSeconds(29);
    expect(await receive()).toEqual([]);

    queues.passSeconds(1);
    expect(await receive()).toHaveLength(1);
  });

  test('it can be lengthened, and ended with 0', async () => {
    await send('x');
    const [message] = await receive();

    await change(message, 100);
    queues.passSeconds(99);
    expect(await receive()).toEqual([]);

    await change(message, 0);
    expect(await receive()).toHaveLength(1);
  });

  test('a handle whose time is over cannot change it any more', async () => {
    await send('x');
    const [message] = await receive();
    queues.passSeconds(30);

    await expect(change(message, 10)).rejects.toThrow(MessageNotInflight);
  });

  test('the handle of an earlier receive cannot change it, nor that of a deleted message', async () => {
    await send('x');
    const [earlier] = await receive({ VisibilityTimeout: 0 });
    const [latest] = await receive();

    await expect(change(earlier, 10)).rejects.toThrow(MessageNotInflight);
    await remove(latest);
    await expect(change(latest, 10)).rejects.toThrow(MessageNotInflight);
  });
});

describe('deleting', () => {
  test('a deleted message does not come again', async () => {
    await send('x');
    const [message] = await receive();

    await remove(message);

    queues.passSeconds(60);
    expect(await receive()).toEqual([]);
  });

  test('with the handle of an earlier receive it succeeds and deletes nothing', async () => {
    await send('x');
    const [earlier] = await receive({ VisibilityTimeout: 0 });
    await receive();

    await remove(earlier);

    queues.passSeconds(30);
    expect(await receive()).toHaveLength(1);
  });

  test('it works after the visibility timeout, as long as nobody else received the message', async () => {
    await send('x');
    const [message] = await receive();
    queues.passSeconds(31);

    await remove(message);

    expect(await receive()).toEqual([]);
  });

  test('a handle of nobody is refused', async () => {
    await expect(remove({ ReceiptHandle: 'nonsense' })).rejects.toThrow(ReceiptHandleIsInvalid);
  });
});
