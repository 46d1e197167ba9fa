import { setTimeout as sleep } from 'node:timers/promises';
import { BUCKET, ForwardStack } from '../support/forward-stack';
import { captureKey, singleIds, singles } from './captured-calls';
import { expectConservation } from './conservation';
import type { ForwardFunction, Invocation } from './forward-function';
import { s3Event } from './notifications';
import { arthurModels, fiddlerModels } from './partner-models';
import { arthurVariables } from './vendor-variables';

/** Which bytes a notification means, and what becomes of them when connections break. */

const ids = (run: Invocation): string[] => run.stored.get('arthur')?.map(({ id }) => id) ?? [];

/** What S3 answered to each read of this key. */
const answersFor = (key: string, bucket = BUCKET): string[] =>
  stack.s3Log
    .filter((line) => line.startsWith(`GET /${bucket}/${key}`))
    .map((line) => / (\d{3})( |$)/.exec(line)?.[1] ?? line);

let stack: ForwardStack;
let forward: ForwardFunction;

beforeAll(async () => {
  ({ stack, forward } = await ForwardStack.start({
    arthur: { models: arthurModels },
    fiddler: { models: fiddlerModels },
    settings: (partners) => ({ env: arthurVariables(partners) }),
  }));
});
afterEach(() => stack.heal());
afterAll(() => stack.close());

describe('an object that was overwritten after its notification', () => {
  it('is read in the notified version although a newer one exists', async () => {
    const older = await stack.put(captureKey('versions'), singles('older', 3));
    const newer = await stack.put(captureKey('versions'), singles('newer', 2));

    const run = await forward.invoke(s3Event(older, newer));

    expect(run.result.kind).toBe('ok');
    expect(ids(run)).toEqual([...singleIds('older', 3), ...singleIds('newer', 2)]);
    expectConservation(run, { arthur: { captured: 5, delivered: 5 } });
  });

  it('is superseded without versioning: its newer notification brings the newer content once', async () => {
    const older = await stack.putPlain(captureKey('overwritten'), singles('older', 3));
    const newer = await stack.putPlain(captureKey('overwritten'), singles('newer', 2));

    const run = await forward.invoke(s3Event(older, newer));

    expect(run.result.kind).toBe('ok');
    expect(run.metrics.map(({ FilesSuperseded }) => FilesSuperseded)).toEqual([1, 0]);
    expect(run.logs.filter(({ level }) => level === 'error')).toEqual([]);
    expect(ids(run)).toEqual(singleIds('newer', 2));
    expectConservation(run, { arthur: { captured: 2, delivered: 2 } });
  });

  it('is read in its notified version even after it was deleted, as long as the version is there', async () => {
    const object = await stack.put(captureKey('marked'), singles('marked', 2));
    await stack.remove({ ...object, versionId: null });

    const run = await forward.invoke(s3Event(object));

    expect(ids(run)).toEqual(singleIds('marked', 2));
    expectConservation(run, { arthur: { captured: 2, delivered: 2 } });
  });

  it('is gone when the notified version was deleted for good', async () => {
    const object = await stack.put(captureKey('purged'), singles('purged', 2));
    await stack.remove(object);

    const run = await forward.invoke(s3Event(object));

    expect(run.result.kind).toBe('ok');
    expect(run.metrics.map(({ FilesGone }) => FilesGone)).toEqual([1]);
    expectConservation(run, { arthur: { captured: 0 } });
  });
});

describe('a role without s3:GetObjectVersion', () => {
  it('reads the same content by its ETag', async () => {
    const object = await stack.put(captureKey('by-etag'), singles('by-etag', 3));
    stack.s3.faults.add({ kind: 'deny', operation: 'GetObjectVersion' });

    const run = await forward.invoke(s3Event(object));

    expect(run.result.kind).toBe('ok');
    expect(answersFor(object.key)).toEqual(['403', '200']);
    expect(ids(run)).toEqual(singleIds('by-etag', 3));
    expectConservation(run, { arthur: { captured: 3, delivered: 3 } });
  });

  it('does not take newer content for the notified one', async () => {
    const older = await stack.put(captureKey('not-newer'), singles('older', 3));
    await stack.put(captureKey('not-newer'), singles('newer', 2));
    stack.s3.faults.add({ kind: 'deny', operation: 'GetObjectVersion' });

    const run = await forward.invoke(s3Event(older));

    expect(run.metrics.map(({ FilesSuperseded }) => FilesSuperseded)).toEqual([1]);
    expectConservation(run, { arthur: { captured: 0 } });
  });
});

describe('a connection that breaks in the middle of an object', () => {
  const count = 400;
  /** In the middle of a line, some way into the file. */
  const afterBytes = 50_001;

  it.each([
    { how: 'is reset', fault: { kind: 'reset', afterBytes } as const },
    { how: 'ends in good order', fault: { kind: 'truncate', afterBytes } as const },
  ])('is resumed at that byte when it $how: nothing lost, nothing doubled', async ({ fault }) => {
    const object = await stack.put(captureKey(`cut-${fault.kind}`), singles(fault.kind, count));
    stack.s3.faults.add({ ...fault, operation: 'GetObject', times: 1 });

    const run = await forward.invoke(s3Event(object));

    expect(run.result.kind).toBe('ok');
    expect(answersFor(object.key)).toEqual(['200', '206']);
    expect(ids(run)).toEqual(singleIds(fault.kind, count));
    expectConservation(run, { arthur: { captured: count, delivered: count } });
  });

  it('is resumed again and again', async () => {
    const object = await stack.put(captureKey('cut-often'), singles('often', count));
    stack.s3.faults.add({ kind: 'reset', afterBytes: 30_000, operation: 'GetObject', times: 3 });

    const run = await forward.invoke(s3Event(object));

    expect(answersFor(object.key)).toEqual(['200', '206', '206', '206']);
    expect(ids(run)).toEqual(singleIds('often', count));
    expectConservation(run, { arthur: { captured: count, delivered: count } });
  });

  it('goes on for as long as each connection brings something', async () => {
    const object = await stack.put(captureKey('cut-always'), singles('always', count));
    stack.s3.faults.add({ kind: 'reset', afterBytes: 10_000, operation: 'GetObject' });

    const run = await forward.invoke(s3Event(object));

    expect(answersFor(object.key).length).toBeGreaterThan(6);
    expect(ids(run)).toEqual(singleIds('always', count));
    expectConservation(run, { arthur: { captured: count, delivered: count } });
  });

  it('leaves the file in flight when connections bring nothing more, and says so', async () => {
    const object = await stack.put(captureKey('cut-for-good'), singles('good', count));
    stack.s3.faults.add({ kind: 'reset', afterBytes: 30_000, operation: 'GetObject', times: 1 });
    stack.s3.faults.add({ kind: 'reset', afterBytes: 0, operation: 'GetObject' });

    const run = await forward.invoke(s3Event(object));

    expect(run.result).toMatchObject({
      kind: 'error',
      errorMessage: expect.stringContaining(object.key) as string,
    });
    expect(run.metrics.map(({ FilesInFlight, FilesDone }) => [FilesInFlight, FilesDone])).toEqual([[1, 0]]);
    const arrived = ids(run);
    expect(arrived).toEqual(singleIds('good', arrived.length));
    expect(arrived.length).toBeLessThan(count);
    expectConservation(run, { arthur: { captured: arrived.length, delivered: arrived.length } });
  });

  it('never goes on with other content: an overwrite in between ends the file as superseded', async () => {
    const older = await stack.putPlain(captureKey('cut-and-overwritten'), singles('older', count));
    stack.s3.faults.add({ kind: 'reset', afterBytes, operation: 'GetObject', times: 1 });
    // Holds the resuming request back while the newer content is put.
    stack.s3.faults.add({ kind: 'slow', delayMs: 1_000, operation: 'GetObject', times: 1 });

    const running = forward.invoke(s3Event(older));
    while (answersFor(older.key, older.bucket).length === 0) await sleep(5);
    await stack.putPlain(captureKey('cut-and-overwritten'), singles('newer', count));
    const run = await running;

    expect(run.result.kind).toBe('ok');
    expect(answersFor(older.key, older.bucket)).toEqual(['200', '412']);
    expect(run.metrics.map(({ FilesSuperseded }) => FilesSuperseded)).toEqual([1]);
    const arrived = ids(run);
    expect(arrived).toEqual(singleIds('older', arrived.length));
    expectConservation(run, { arthur: { captured: arrived.length, delivered: arrived.length } });
  });

  it('makes no difference when S3 throttles first', async () => {
    const object = await stack.put(captureKey('throttled'), singles('throttled', 3));
    stack.s3.faults.add({ kind: 'status', status: 503, code: 'SlowDown', operation: 'GetObject', times: 1 });

    const run = await forward.invoke(s3Event(object));

    expect(ids(run)).toEqual(singleIds('throttled', 3));
    expectConservation(run, { arthur: { captured: 3, delivered: 3 } });
  });
});
