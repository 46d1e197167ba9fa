import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Queue } from '../../../src/local/sqs/queue';
import { TestQueues } from './support';

let queues: TestQueues;
let queue: Queue;
beforeEach(async () => {
  queues = await TestQueues.start();
  queue = queues.server.createQueue('captures');
});
afterEach(() => queues.close());

describe('long polls', () => {
  test('wake when a message is sent', async () => {
    const input = { QueueUrl: queue.url, WaitTimeSeconds: 20 };
    const waiting = queues.client.send(new ReceiveMessageCommand(input));

    await queues.client.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: 'x' }));

    expect(await waiting).toMatchObject({ Messages: [{ Body: 'x' }] });
  });

  test('wake when a message is given back', async () => {
    queue.send('x');
    const [message] = await queue.receive(1);
    const waiting = queue.receive(1, { waitMs: 20_000 });

    queue.changeVisibility(message?.receiptHandle ?? '', 0);

    expect(await waiting).toHaveLength(1);
  });

  test('wake when a delay is over', async () => {
    const live = await TestQueues.start({ now: Date.now });
    try {
      const soon = live.server.createQueue('soon');
      soon.send('x', { delaySeconds: 0.05 });

      expect(await soon.receive(1, { waitMs: 20_000 })).toHaveLength(1);
    } finally {
      await live.close();
    }
  });

  test('end with nothing when their time is over', async () => {
    expect(await queue.receive(1, { waitMs: 20 })).toEqual([]);
  });

  test('of a caller who hung up take no message', async () => {
    const hangUp = new AbortController();
    const waiting = queues.client.send(new ReceiveMessageCommand({ QueueUrl: queue.url, WaitTimeSeconds: 20 }), {
      abortSignal: hangUp.signal,
    });
    const refused = expect(waiting).rejects.toThrow('abort');
    // A round trip each, so that the server has met the wait and then its end.
    await queues.client.send(new ReceiveMessageCommand({ QueueUrl: queue.url }));
    hangUp.abort();
    await refused;
    await queues.client.send(new ReceiveMessageCommand({ QueueUrl: queue.url }));

    await queues.client.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: 'x' }));

    expect(await queue.receive(1)).toHaveLength(1);
  });

  test('hand one message to one of several receivers only', async () => {
    const waiting = [1, 2, 3].map(() => queue.receive(1, { waitMs: 200 }));

    queue.send('x');

    expect((await Promise.all(waiting)).flat()).toHaveLength(1);
  });
});
