import {
  BatchEntryIdsNotDistinct,
  BatchRequestTooLong,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  EmptyBatchRequest,
  InvalidBatchEntryId,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  TooManyEntriesInBatchRequest,
} from '@aws-sdk/client-sqs';
import type { Queue } from '../../../src/local/sqs/queue';
import { TestQueues } from './support';

let queues: TestQueues;
let queue: Queue;
beforeEach(async () => {
  queues = await TestQueues.start();
  queue = queues.server.createQueue('captures');
});
afterEach(() => queues.close());

const send = (entries: SendMessageBatchRequestEntry[]) =>
  queues.client.send(new SendMessageBatchCommand({ QueueUrl: queue.url, Entries: entries }));

const entry = (id: string, body = id) => ({ Id: id, MessageBody: body });

test('ten messages are sent at once, each with its own answer', async () => {
  const entries = Array.from({ length: 10 }, (_, n) => entry(`m${n}`));

  const { Successful = [], Failed = [] } = await send(entries);

  expect(Successful.map(({ Id }) => Id)).toEqual(entries.map(({ Id }) => Id));
  expect(Failed).toEqual([]);
  expect((await queue.receive(10)).map(({ body }) => body)).toEqual(entries.map(({ MessageBody }) => MessageBody));
});

test('an entry that is wrong fails alone', async () => {
  const { Successful = [], Failed = [] } = await send([
    entry('good'),
    entry('control', '\u0001'),
    { ...entry('late'), DelaySeconds: 901 },
  ]);

  expect(Successful.map(({ Id }) => Id)).toEqual(['good']);
  expect(Failed).toMatchObject([
    { Id: 'control', SenderFault: true, Code: 'InvalidMessageContents' },
    { Id: 'late', SenderFault: true, Code: 'InvalidParameterValue' },
  ]);
  expect(queue.counts().visible).toBe(1);
});

test.each([
  ['no entry', [], EmptyBatchRequest],
  ['eleven entries', Array.from({ length: 11 }, (_, n) => entry(`m${n}`)), TooManyEntriesInBatchRequest],
  ['an id twice', [entry('a'), entry('a', 'other')], BatchEntryIdsNotDistinct],
  ['an id with a dot', [entry('a.b')], InvalidBatchEntryId],
  ['more than 1 MiB in all', [entry('a', 'x'.repeat(600_000)), entry('b', 'x'.repeat(600_000))], BatchRequestTooLong],
])('a batch with %s is refused as a whole', async (_what, entries, errorClass) => {
  await expect(send(entries)).rejects.toThrow(errorClass);
  expect(queue.counts().visible).toBe(0);
});

test('a batch of deletes deletes what it can', async () => {
  queue.send('x');
  const [message] = await queue.receive(1);

  const { Successful = [], Failed = [] } = await queues.client.send(
    new DeleteMessageBatchCommand({
      QueueUrl: queue.url,
      Entries: [
        { Id: 'good', ReceiptHandle: message?.receiptHandle },
        { Id: 'bad', ReceiptHandle: 'nonsense' },
      ],
    }),
  );

  expect(Successful).toEqual([{ Id: 'good' }]);
  expect(Failed).toMatchObject([{ Id: 'bad', SenderFault: true, Code: 'ReceiptHandleIsInvalid' }]);
  expect(queue.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});

test('a batch of visibility changes changes what is in flight', async () => {
  queue.send('one');
  queue.send('two');
  const [one] = await queue.receive(1);
  queues.passSeconds(30);
  const [again, two] = await queue.receive(2);

  const { Successful = [], Failed = [] } = await queues.client.send(
    new ChangeMessageVisibilityBatchCommand({
      QueueUrl: queue.url,
      Entries: [
        { Id: 'stale', ReceiptHandle: one?.receiptHandle, VisibilityTimeout: 0 },
        { Id: 'back', ReceiptHandle: two?.receiptHandle, VisibilityTimeout: 0 },
      ],
    }),
  );

  expect(again?.body).toBe('one');
  expect(Successful).toEqual([{ Id: 'back' }]);
  expect(Failed).toMatchObject([{ Id: 'stale', Code: 'AWS.SimpleQueueService.MessageNotInflight' }]);
  expect((await queue.receive(10)).map(({ body }) => body)).toEqual(['two']);
});
