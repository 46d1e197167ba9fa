import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  type EventSourceMapping,
  type EventSourceMappingOptions,
  startEventSourceMapping,
} from '../../../src/local/lambda/event-source-mapping';
import type { SQSEvent } from 'aws-lambda';
import type { InvokeResult } from '../../../src/local/lambda/invoke-result';
import type { Queue } from '../../../src/local/sqs/queue';
import { type SqsServer, startSqsServer } from '../../../src/local/sqs/server';
import { Functions } from './task-root';

const functions = new Functions();
let server: SqsServer;
let queue: Queue;
let dead: Queue;
let mapping: EventSourceMapping | undefined;

beforeEach(async () => {
  server = await startSqsServer();
  dead = server.createQueue('captures-dead');
  queue = server.createQueue('captures', { maxReceiveCount: 3, deadLetterQueue: 'captures-dead' });
});
afterEach(async () => {
  await mapping?.stop();
  mapping = undefined;
  await functions.clear();
  await server.close();
});

/** Maps the queue onto a function of this process. */
function map(
  handler: (event: SQSEvent) => unknown,
  options: Partial<EventSourceMappingOptions> = {},
): EventSourceMapping {
  const invoke = async (event: SQSEvent): Promise<InvokeResult> => {
    try {
      const payload = (await handler(event)) ?? null;
      return { kind: 'ok', payload, durationMs: 0 };
    } catch {
      return { kind: 'error', errorType: 'Error', errorMessage: 'thrown' };
    }
  };
  mapping = startEventSourceMapping({ queue, lambda: { invoke }, retryDelayMs: 1, ...options });
  return mapping;
}

async function bodiesOf(of: Queue): Promise<string[]> {
  return (await of.receive(10)).map(({ body }) => body).sort();
}

test('the function gets the event AWS makes, and a success empties the queue', async () => {
  const events: SQSEvent[] = [];
  const messageId = queue.send('{"n":1}', { messageAttributes: { kind: { DataType: 'String', StringValue: 'x' } } });

  await map((event) => void events.push(event)).idle();

  expect(events).toMatchObject([
    {
      Records: [
        {
          messageId,
          body: '{"n":1}',
          md5OfBody: createHash('md5').update('{"n":1}').digest('hex'),
          attributes: { ApproximateReceiveCount: '1', SenderId: 'AIDALOCALSENDER' },
          messageAttributes: { kind: { stringValue: 'x', dataType: 'String' } },
          eventSource: 'aws:sqs',
          eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:captures',
          awsRegion: 'us-east-1',
        },
      ],
    },
  ]);
});

test('of a batch only the failed messages come again', async () => {
  const seen: string[][] = [];
  for (const body of ['good', 'bad', 'fine']) queue.send(body);

  const running = map(({ Records }) => {
    seen.push(Records.map(({ body }) => body));
    const failed = seen.length === 1 ? Records.filter(({ body }) => body === 'bad') : [];
    return { batchItemFailures: failed.map((record) => ({ itemIdentifier: record.messageId })) };
  });
  await running.idle();

  expect(seen).toEqual([['good', 'bad', 'fine'], ['bad']]);
});

test('a message that always fails goes to the dead-letter queue after its receives, its neighbours do not', async () => {
  const counts: string[] = [];
  queue.send('poison');
  queue.send('good');

  const running = map(({ Records }) => {
    const failed = Records.filter(({ body }) => body === 'poison');
    counts.push(...failed.map(({ attributes }) => attributes.ApproximateReceiveCount));
    return { batchItemFailures: failed.map((record) => ({ itemIdentifier: record.messageId })) };
  });
  await running.idle();

  expect(counts).toEqual(['1', '2', '3']);
  expect(await bodiesOf(dead)).toEqual(['poison']);
});

test('a thrown error fails the whole batch', async () => {
  for (const body of ['one', 'two']) queue.send(body);

  const running = map(() => {
    throw new Error('broken');
  });
  await running.idle();

  expect(await bodiesOf(dead)).toEqual(['one', 'two']);
});

test('without a retry delay a failed message stays in flight until its visibility timeout', async () => {
  queue.send('later');
  const invoked = new Promise<void>((resolve) => {
    mapping = startEventSourceMapping({
      queue,
      lambda: { invoke: () => Promise.resolve({ kind: 'timeout' }) },
      onInvoked: () => resolve(),
    });
  });

  await invoked;

  expect(queue.counts()).toEqual({ visible: 0, inFlight: 1, delayed: 0 });
});

test('no more invocations run at once than allowed, and so many do', async () => {
  let inside = 0;
  let most = 0;
  for (let n = 0; n < 12; n += 1) queue.send(`m${n}`);

  const running = map(
    async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 10));
      inside -= 1;
    },
    { batchSize: 2, maxConcurrency: 3 },
  );
  await running.idle();

  expect(most).toBe(3);
});

test('stop waits for the running invocation and takes no more messages', async () => {
  const gate = new AbortController();
  const entered = new Promise<void>((enter) => {
    const handler = async () => {
      enter();
      await once(gate.signal, 'abort');
    };
    map(handler, { batchSize: 1 });
  });
  queue.send('first');
  queue.send('second');
  await entered;

  const stopped = mapping?.stop();
  gate.abort();
  await stopped;

  expect(queue.counts()).toEqual({ visible: 1, inFlight: 0, delayed: 0 });
  expect(await bodiesOf(queue)).toEqual(['second']);
});

test('idle of a stopped mapping says that messages are left', async () => {
  const running = map(() => ({}));
  await running.stop();
  queue.send('left');

  await expect(running.idle()).rejects.toThrow('still held messages');
});

test('with a real function: a process killed in a batch loses no message', async () => {
  const lambda = await functions.start(`
    const { existsSync, writeFileSync } = require('node:fs');
    exports.handler = async ({ Records }) => {
      if (!existsSync('died')) { writeFileSync('died', ''); process.kill(process.pid, 'SIGKILL'); await new Promise(() => {}); }
      return { batchItemFailures: [] };
    };`);
  const ends: string[] = [];
  for (const body of ['a', 'b']) queue.send(body);

  mapping = startEventSourceMapping({ queue, lambda, retryDelayMs: 1, onInvoked: (result) => ends.push(result.kind) });
  await mapping.idle();

  expect(ends[0]).toBe('exit');
  expect(ends.slice(1)).toContain('ok');
  expect(dead.counts().visible).toBe(0);
});
