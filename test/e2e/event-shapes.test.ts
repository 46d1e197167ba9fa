import { ForwardStack, type PutResult } from '../support/forward-stack';
import { captureKey, singleIds, singles } from './captured-calls';
import { expectConservation } from './conservation';
import type { ForwardFunction, Invocation } from './forward-function';
import {
  eventBridgeEvent,
  failedMessages,
  s3Encoded,
  s3Event,
  s3Record,
  snsEnvelope,
  snsEvent,
  sqsEvent,
  sqsMessage,
} from './notifications';
import { arthurModels, fiddlerModels } from './partner-models';
import { arthurVariables } from './vendor-variables';

/** Every way a notification of S3 reaches a function. */

const ids = (run: Invocation): string[] => run.stored.get('arthur')?.map(({ id }) => id) ?? [];

let stack: ForwardStack;
let forward: ForwardFunction;
let first: PutResult;
let second: PutResult;

beforeAll(async () => {
  ({ stack, forward } = await ForwardStack.start({
    arthur: { models: arthurModels },
    fiddler: { models: fiddlerModels },
    settings: (partners) => ({ env: arthurVariables(partners) }),
  }));
  first = await stack.put(captureKey('first one'), singles('first', 2));
  second = await stack.put(captureKey('second'), singles('second', 3));
});
afterAll(() => stack.close());

const bothIds = [...singleIds('first', 2), ...singleIds('second', 3)];

describe('events that carry two files in one invocation', () => {
  const test = { Service: 'Amazon S3', Event: 's3:TestEvent', Time: '2026-09-01T12:00:00.000Z', Bucket: 'captures' };

  it.each([
    { way: 'S3 itself', event: () => s3Event(first, second) },
    { way: 'S3 through SNS', event: () => snsEvent(s3Event(first), s3Event(second)) },
    { way: 'one SNS message of two records', event: () => snsEvent(s3Event(first, second)) },
  ])('are read when they come from $way', async ({ event }) => {
    const run = await forward.invoke(event());

    expect(run.result).toMatchObject({
      kind: 'ok',
      payload: {
        statusCode: 200,
        body: { message: 'Successfully processed events', counts: { captured: 5, delivered: 5 } },
      },
    });
    expect(ids(run)).toEqual(bothIds);
    expectConservation(run, { arthur: { captured: 5, delivered: 5 } });
  });

  it.each([
    { way: 'two messages', bodies: () => [s3Event(first), s3Event(second)] },
    { way: 'one message of two records', bodies: () => [s3Event(first, second)] },
    { way: 'messages that SNS wrapped', bodies: () => [snsEnvelope(s3Event(first)), snsEnvelope(s3Event(second))] },
    { way: 'messages of EventBridge', bodies: () => [eventBridgeEvent(first), eventBridgeEvent(second)] },
    {
      way: 'EventBridge events that SNS wrapped',
      bodies: () => [snsEnvelope(eventBridgeEvent(first)), snsEnvelope(eventBridgeEvent(second))],
    },
    {
      way: 'one way after another, a test event among them',
      bodies: () => [test, s3Event(first), eventBridgeEvent(second)],
    },
  ])('are read when a queue brings $way', async ({ bodies }) => {
    const messages = bodies().map((body, at) => sqsMessage(`message-${at}`, body));

    const run = await forward.invoke(sqsEvent(...messages));

    expect(run.result).toMatchObject({ kind: 'ok', payload: { batchItemFailures: [] } });
    expect(ids(run)).toEqual(bothIds);
    expectConservation(run, { arthur: { captured: 5, delivered: 5 } });
  });
});

it('reads an event that EventBridge brings itself', async () => {
  const run = await forward.invoke(eventBridgeEvent(second));

  expect(run.result.kind).toBe('ok');
  expect(ids(run)).toEqual(singleIds('second', 3));
  expectConservation(run, { arthur: { captured: 3, delivered: 3 } });
});

describe('keys', () => {
  it.each([
    { writer: 'S3', spell: s3Encoded },
    { writer: 'a server that writes %20 for a blank', spell: (key: string) => s3Encoded(key).replaceAll('+', '%20') },
    { writer: 'a server that writes %2F for a slash', spell: (key: string) => s3Encoded(key).replaceAll('/', '%2F') },
  ])('are understood as $writer spells them', async ({ spell }) => {
    const run = await forward.invoke({ Records: [s3Record(first, 'ObjectCreated:Put', spell(first.key))] });

    expect(ids(run)).toEqual(singleIds('first', 2));
    expectConservation(run, { arthur: { captured: 2, delivered: 2 } });
  });

  it.each([
    'captures/100%25 + 7% = 107%20.jsonl',
    'captures/größe/日本/😀.jsonl',
    'captures//double//slash.jsonl',
    'captures/quotes \' " & <x> ?a=b #c.jsonl',
  ])('may hold anything: %p', async (key) => {
    const object = await stack.put(key, singles('odd', 2));

    const encoded = await forward.invoke(s3Event(object));
    const plain = await forward.invoke(eventBridgeEvent(object));

    expect(encoded.logs).toContainEqual(expect.objectContaining({ key, state: 'done' }));
    expect(plain.logs).toContainEqual(expect.objectContaining({ key, state: 'done' }));
    expectConservation(encoded, { arthur: { captured: 2, delivered: 2 } });
    expectConservation(plain, { arthur: { captured: 2, delivered: 2 } });
  });
});

describe('events that ask for nothing', () => {
  it.each([
    { what: 'a test event', event: () => ({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'captures' }) },
    { what: 'a removal', event: () => ({ Records: [s3Record(first, 'ObjectRemoved:Delete')] }) },
    {
      what: 'another event of EventBridge',
      event: () => ({ ...eventBridgeEvent(first), 'detail-type': 'Object Deleted' }),
    },
  ])('are acknowledged: $what', async ({ event }) => {
    const direct = await forward.invoke(event());
    const queued = await forward.invoke(sqsEvent(sqsMessage('message', event())));

    expect(direct.result.kind).toBe('ok');
    expect(queued.result).toMatchObject({ kind: 'ok', payload: { batchItemFailures: [] } });
    expect(direct.logs).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('acknowledged') as string }),
    );
    expectConservation(direct, {});
    expectConservation(queued, {});
  });
});

describe('events nobody can read', () => {
  it('fail their own message of a queue, and no other', async () => {
    const run = await forward.invoke(
      sqsEvent(
        sqsMessage('not-json', 'hello {'),
        sqsMessage('good', s3Event(first)),
        sqsMessage('foreign', { order: 7 }),
        sqsMessage('no-key', {
          Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'b' }, object: {} } }],
        }),
        sqsMessage('not-encoded', { Records: [s3Record(first, 'ObjectCreated:Put', '100%.jsonl')] }),
        sqsMessage('empty', ''),
      ),
    );

    if (run.result.kind !== 'ok') throw new Error(`the invocation ended as ${run.result.kind}`);
    expect(failedMessages(run.result.payload)).toEqual(['not-json', 'foreign', 'no-key', 'not-encoded', 'empty']);
    expect(run.logs.filter(({ code }) => code === 'MESSAGE_UNREADABLE').map(({ messageId }) => messageId)).toEqual(
      failedMessages(run.result.payload),
    );
    expect(ids(run)).toEqual(singleIds('first', 2));
    expectConservation(run, { arthur: { captured: 2, delivered: 2 } });
  });

  it('fail the invocation when there is no queue', async () => {
    const run = await forward.invoke({ hello: 'world' });

    expect(run.result).toMatchObject({
      kind: 'error',
      errorMessage: expect.stringContaining('cannot be read') as string,
    });
    expectConservation(run, {});
  });

  it('fail a record beside a good one of the same direct event, after the good one was delivered', async () => {
    const run = await forward.invoke({ Records: [{ eventName: 'ObjectCreated:Put' }, s3Record(first)] });

    expect(run.result.kind).toBe('error');
    expect(ids(run)).toEqual(singleIds('first', 2));
    expectConservation(run, { arthur: { captured: 2, delivered: 2 } });
  });
});
