import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  SendMessageBatchCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { type Expectation, outcomeOf, type Side } from './expectation';
import { arnOf, changeVisibility, counts, makeQueue, receive, receiveAll, removeMessage, send } from './sqs-queues';

/**
 * Queues as the flow uses them. Sources: SQS Developer Guide, "Visibility timeout", "Dead-letter queues", "Delay
 * queues", "Short and long polling"; API reference of SendMessageBatch, DeleteMessage, StartMessageMoveTask.
 */
/** Long enough that a busy machine gets two calls done in it. */
const SHORT_SECONDS = 2;
/** Some room for a server that counts coarsely. */
const AFTER_SHORT_MS = 1_000 * SHORT_SECONDS + 600;
const MAX_RECEIVES = 2;

async function queueWithDeadLetters(side: Side, own: string): Promise<{ url: string; deadLetters: string }> {
  const deadLetters = await makeQueue(side, `${own}-dlq`);
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: await arnOf(side, deadLetters),
    maxReceiveCount: MAX_RECEIVES,
  });
  return { url: await makeQueue(side, own, { RedrivePolicy }), deadLetters };
}

/** Receives as often as is allowed, and once more, which moves it. */
async function useUp(side: Side, url: string): Promise<string[]> {
  const receiveCounts: string[] = [];
  for (let round = 0; round <= MAX_RECEIVES; round += 1) {
    const messages = await receive(side, url, { VisibilityTimeout: 0 });
    receiveCounts.push(...messages.map(({ Attributes }) => Attributes?.ApproximateReceiveCount ?? ''));
  }
  return receiveCounts;
}

export const sqsMessages: readonly Expectation[] = [
  {
    name: 'a received message is hidden for its timeout, then comes again and counts its receives',
    expected: { hidden: 0, again: ['2'], sameFirst: true },
    observe: async (side, own) => {
      const url = await makeQueue(side, own, { VisibilityTimeout: String(SHORT_SECONDS) });
      await send(side, url, 'x');
      const [first] = await receive(side, url);
      const hidden = await receive(side, url);
      await sleep(AFTER_SHORT_MS);
      const again = await receive(side, url);
      const firstReceived = (message: typeof first) => message?.Attributes?.ApproximateFirstReceiveTimestamp;
      return {
        hidden: hidden.length,
        again: again.map(({ Attributes }) => Attributes?.ApproximateReceiveCount),
        sameFirst: firstReceived(again[0]) === firstReceived(first),
      };
    },
  },
  {
    name: 'a timeout of 0 gives a message back at once',
    expected: ['x'],
    observe: async (side, own) => {
      const url = await makeQueue(side, own);
      await send(side, url, 'x');
      const [message] = await receive(side, url);
      await changeVisibility(side, url, message, 0);
      return (await receive(side, url)).map(({ Body }) => Body);
    },
  },
  {
    name: 'a timeout that is lengthened holds',
    expected: 0,
    observe: async (side, own) => {
      const url = await makeQueue(side, own, { VisibilityTimeout: String(SHORT_SECONDS) });
      await send(side, url, 'x');
      const [message] = await receive(side, url);
      await changeVisibility(side, url, message, 60);
      await sleep(AFTER_SHORT_MS);
      return (await receive(side, url)).length;
    },
  },
  {
    name: 'after the allowed receives a message is a dead letter, the same one',
    expected: { receiveCounts: ['1', '2'], left: 0, same: true },
    observe: async (side, own) => {
      const { url, deadLetters } = await queueWithDeadLetters(side, own);
      const { MessageId } = await send(side, url, 'poison');
      const receiveCounts = await useUp(side, url);
      const [dead] = await receive(side, deadLetters, { WaitTimeSeconds: 2 });
      const left = (await receive(side, url)).length;
      return { receiveCounts, left, same: dead?.MessageId === MessageId && dead?.Body === 'poison' };
    },
  },
  {
    name: 'dead letters can be moved back to their queue',
    expected: ['poison'],
    observe: async (side, own) => {
      const { url, deadLetters } = await queueWithDeadLetters(side, own);
      await send(side, url, 'poison');
      await useUp(side, url);
      await side.sqs.send(new StartMessageMoveTaskCommand({ SourceArn: await arnOf(side, deadLetters) }));
      return receiveAll(side, url, 1);
    },
  },
  {
    name: 'a batch sends what is right, and an entry that is wrong fails alone',
    expected: { sent: ['good'], failed: [['late', true, 'InvalidParameterValue']], bodies: ['1'] },
    observe: async (side, own) => {
      const QueueUrl = await makeQueue(side, own);
      const Entries = [
        { Id: 'good', MessageBody: '1' },
        { Id: 'late', MessageBody: '2', DelaySeconds: 901 },
      ];
      const { Successful = [], Failed = [] } = await side.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      return {
        sent: Successful.map(({ Id }) => Id),
        failed: Failed.map(({ Id, SenderFault, Code }) => [Id, SenderFault, Code]),
        bodies: (await receive(side, QueueUrl)).map(({ Body }) => Body),
      };
    },
  },
  {
    name: 'a batch deletes what it can',
    expected: { deleted: ['good'], failed: [['bad', true, 'ReceiptHandleIsInvalid']] },
    observe: async (side, own) => {
      const QueueUrl = await makeQueue(side, own);
      await send(side, QueueUrl, 'x');
      const [message] = await receive(side, QueueUrl);
      const Entries = [
        { Id: 'good', ReceiptHandle: message?.ReceiptHandle },
        { Id: 'bad', ReceiptHandle: 'nonsense' },
      ];
      const { Successful = [], Failed = [] } = await side.sqs.send(
        new DeleteMessageBatchCommand({ QueueUrl, Entries }),
      );
      return {
        deleted: Successful.map(({ Id }) => Id),
        failed: Failed.map(({ Id, SenderFault, Code }) => [Id, SenderFault, Code]),
      };
    },
  },
  {
    name: 'batches of nothing, of eleven and with an id twice are refused whole',
    expected: ['EmptyBatchRequest 400', 'TooManyEntriesInBatchRequest 400', 'BatchEntryIdsNotDistinct 400', 0],
    observe: async (side, own) => {
      const QueueUrl = await makeQueue(side, own);
      const batchOf = (...ids: string[]) =>
        outcomeOf(
          side.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: ids.map((Id) => ({ Id, MessageBody: Id })) })),
        );
      const eleven = Array.from({ length: 11 }, (_, at) => `m${at}`);
      return [
        await batchOf(),
        await batchOf(...eleven),
        await batchOf('a', 'a'),
        (await counts(side, QueueUrl)).visible,
      ];
    },
  },
  {
    name: 'a delayed message comes when its time is over',
    expected: { before: 0, waiting: { visible: 0, inFlight: 0, delayed: 1 }, after: ['later'] },
    observe: async (side, own) => {
      const url = await makeQueue(side, own);
      await send(side, url, 'later', { DelaySeconds: SHORT_SECONDS });
      const before = (await receive(side, url)).length;
      const waiting = await counts(side, url);
      await sleep(AFTER_SHORT_MS);
      return { before, waiting, after: (await receive(side, url)).map(({ Body }) => Body) };
    },
  },
  {
    name: 'a long poll wakes when a message is sent',
    expected: ['x'],
    observe: async (side, own) => {
      const url = await makeQueue(side, own);
      const waiting = receive(side, url, { WaitTimeSeconds: 20 });
      await sleep(200);
      await send(side, url, 'x');
      return (await waiting).map(({ Body }) => Body);
    },
  },
  {
    name: 'a long poll ends with nothing',
    expected: 0,
    observe: async (side, own) => (await receive(side, await makeQueue(side, own), { WaitTimeSeconds: 1 })).length,
  },
  {
    name: 'the handle of an earlier receive is taken, and deletes nothing',
    expected: ['ok', 1],
    observe: async (side, own) => {
      const url = await makeQueue(side, own);
      await send(side, url, 'x');
      const [earlier] = await receive(side, url, { VisibilityTimeout: 0 });
      const [latest] = await receive(side, url);
      const outcome = await outcomeOf(removeMessage(side, url, earlier));
      await changeVisibility(side, url, latest, 0);
      return [outcome, (await receive(side, url)).length];
    },
  },
  {
    name: 'a delay of more than 900 seconds is refused',
    expected: 'InvalidParameterValue 400',
    observe: async (side, own) => outcomeOf(send(side, await makeQueue(side, own), 'x', { DelaySeconds: 901 })),
  },
  {
    name: 'a wrong number, an unknown queue and a name that is taken are refused by name',
    expected: ['InvalidParameterValue 400', 'QueueDoesNotExist 400', 'QueueNameExists 400'],
    observe: async (side, own) => {
      const url = await makeQueue(side, own);
      const other = new CreateQueueCommand({ QueueName: own, Attributes: { VisibilityTimeout: '7' } });
      return [
        await outcomeOf(receive(side, url, { MaxNumberOfMessages: 11 })),
        await outcomeOf(receive(side, `${url}-not`)),
        await outcomeOf(side.sqs.send(other)),
      ];
    },
  },
  {
    name: 'a body of 1 MiB passes, one byte more does not',
    expected: ['ok', 'InvalidParameterValue 400'],
    observe: async (side, own) => {
      const url = await makeQueue(side, own);
      const largest = 'x'.repeat(1_048_576);
      return [await outcomeOf(send(side, url, largest)), await outcomeOf(send(side, url, `${largest}x`))];
    },
  },
  {
    name: 'a body arrives as it was sent, with the digest of its UTF-8',
    expected: ['grüße 😀\t\n', '884df543851d7095478538ab1f1346af'],
    observe: async (side, own) => {
      const url = await makeQueue(side, own);
      await send(side, url, 'grüße 😀\t\n');
      const [message] = await receive(side, url);
      return [message?.Body, message?.MD5OfBody];
    },
  },
  {
    name: 'a body with a control character is refused',
    expected: 'InvalidMessageContents 400',
    observe: async (side, own) => outcomeOf(send(side, await makeQueue(side, own), 'a\u0001b')),
  },
];
