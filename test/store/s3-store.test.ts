import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Fault } from '../../src/local/s3/server';
import { s3Store } from '../../src/store/s3-store';
import { type StateStore, StoreUnavailable } from '../../src/store/state-store';
import { BUCKET, clientFor, type RunningServer, startServer } from '../local/s3/running-server';

const SECRET = '{"secret":"of the body"}';
let running: RunningServer;
let store: StateStore;
beforeAll(async () => {
  running = await startServer();
  store = s3Store(running.client, BUCKET);
  await store.put('a', SECRET, 'any');
});
afterAll(() => running.stop());
afterEach(() => running.server.faults.clear());

/** The sentence it fails with. */
async function sentenceOf(asked: Promise<unknown>): Promise<string> {
  const failure = await asked.then(
    () => null,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(StoreUnavailable);
  return (failure as StoreUnavailable).message;
}

describe('what S3 refuses', () => {
  test.each<[string, Fault, RegExp]>([
    ['throttling', { kind: 'status', status: 503, code: 'SlowDown' }, /S3 answered 503 SlowDown.*throttles/],
    ['a missing permission', { kind: 'deny' }, /S3 answered 403 AccessDenied.*lacks s3:/],
    ['old credentials', { kind: 'status', status: 400, code: 'ExpiredToken' }, /400 ExpiredToken.*run out/],
    ['another region', { kind: 'status', status: 301, code: 'PermanentRedirect' }, /301 PermanentRedirect.*region/],
    ['a broken connection', { kind: 'reset' }, /could not be \w+: .*no way to S3/],
  ])('is told in one sentence, without the body: %s', async (_what, fault, sentence) => {
    running.server.faults.add(fault);
    const asked = [store.get('a'), store.put('a', SECRET, 'any'), store.remove('a'), store.list('a')];

    const sentences = await Promise.all(asked.map(sentenceOf));

    for (const each of sentences) expect(each).toMatch(sentence);
    for (const each of sentences) expect(each).toMatch(/^state s3:\/\/captures\/a could not be /);
    expect(sentences.join()).not.toContain('secret');
  });

  test('is no absence when the bucket is not there', async () => {
    const elsewhere = s3Store(running.client, 'not-there');

    expect(await sentenceOf(elsewhere.get('a'))).toMatch(
      /s3:\/\/not-there\/a.*404 NoSuchBucket.*state bucket is wrong/,
    );
    expect(await sentenceOf(elsewhere.put('a', '1', { tag: '"0"' }))).toMatch('NoSuchBucket');
    expect(await sentenceOf(elsewhere.remove('a'))).toMatch('NoSuchBucket');
  });

  test('is no absence when something else than S3 answers 404', async () => {
    running.server.faults.add({ kind: 'status', status: 404, code: 'NotFound' });

    expect(await sentenceOf(store.get('a'))).toMatch('404 NotFound');
  });

  test('is a conflict when two writes or removals met', async () => {
    running.server.faults.add({ kind: 'conflict' });

    expect(await store.put('a', SECRET, 'absent')).toEqual({ kind: 'conflict' });
    expect(await store.remove('a', { tag: '"0"' })).toBe('changed');
  });
});

describe('a request to S3 that never ends', () => {
  const LIMIT_MS = 100;
  const open = (options: { signal?: AbortSignal } = {}) =>
    s3Store(running.client, BUCKET, '', { timeoutMs: LIMIT_MS, ...options });

  test.each<[string, Fault]>([
    ['before its answer', { kind: 'slow', delayMs: 600 }],
    ['in the middle of its answer', { kind: 'slow', method: 'GET', afterBytes: 5, delayMs: 600 }],
  ])('is given up in time: %s', async (_when, fault) => {
    running.server.faults.add(fault);

    expect(await sentenceOf(open().get('a'))).toMatch(`no answer within ${LIMIT_MS} ms`);
  });

  test('is given up in time while the client waits between its own attempts', async () => {
    const client = clientFor(running.server, { maxAttempts: 50 });
    running.server.faults.add({ kind: 'status', status: 503 });

    const limited = s3Store(client, BUCKET, '', { timeoutMs: LIMIT_MS });

    expect(await sentenceOf(limited.put('a', SECRET, 'any'))).toMatch(`no answer within ${LIMIT_MS} ms`);
    client.destroy();
  });

  test("is given up at the run's deadline, when that is sooner", async () => {
    running.server.faults.add({ kind: 'slow', delayMs: 600 });
    const until = { nowMs: () => 1_000, deadlineMs: 1_040.4 };

    const asked = s3Store(running.client, BUCKET, '', { until }).get('a');

    expect(await sentenceOf(asked)).toMatch('no answer within 40 ms');
  });

  test('ends with the run, and none begins after it', async () => {
    const run = new AbortController();
    running.server.faults.add({ kind: 'slow', delayMs: 600 });
    const stopped = s3Store(running.client, BUCKET, '', { signal: run.signal });

    const asked = sentenceOf(stopped.get('a'));
    setTimeout(() => run.abort(), 50);

    expect(await asked).toMatch('the run was stopped');
    running.server.faults.clear();
    expect(await sentenceOf(stopped.get('a'))).toMatch('the run was stopped');
  });
});

test('half a body is no body', async () => {
  running.server.faults.add({ kind: 'truncate', method: 'GET' });

  expect(await sentenceOf(store.get('a'))).toMatch('could not be read');
});

test('what is written is plain JSON to everybody else', async () => {
  const head = await running.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'a' }));

  expect(head).toMatchObject({ ContentType: 'application/json', ContentLength: SECRET.length });
  expect(head.ContentEncoding).toBeUndefined();
});

test('objects that others put beside the state are not listed, however many', async () => {
  const put = (Key: string) => running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: '-' }));
  for (const name of ['', 'a folder/', 'b/', 'c/x', 'c/y']) await put(`listed/${name}`);
  const below = s3Store(running.client, BUCKET, 'listed/');

  const page = await below.list('', { max: 1 });

  expect(page).toMatchObject({ entries: [{ key: 'c/x' }], hasMore: true });
  expect((await below.list('')).entries.map(({ key }) => key)).toEqual(['c/x', 'c/y']);
});

test('a prefix that is no folder is a bug', () => {
  expect(() => s3Store(running.client, BUCKET, 'state')).toThrow(RangeError);
  expect(() => s3Store(running.client, BUCKET, '/')).toThrow(RangeError);
});

describe("S3's clock", () => {
  const THEN = Date.UTC(2031, 4, 5, 6, 7, 8, 900);
  const SECOND = Date.UTC(2031, 4, 5, 6, 7, 8);
  let other: RunningServer;
  beforeEach(async () => {
    other = await startServer({ now: () => new Date(THEN) });
  });
  afterEach(() => other.stop());

  test.each<[string, (asked: StateStore) => Promise<unknown>]>([
    ['200', (asked) => asked.list('')],
    ['404', (asked) => asked.get('nothing')],
    ['412', (asked) => asked.put('there', '2', 'absent')],
  ])('is heard from an answer %s', async (_status, ask) => {
    await s3Store(other.client, BUCKET).put('there', '1', 'any');
    const fresh = s3Store(other.client, BUCKET);

    expect(Math.abs(fresh.nowMs() - Date.now())).toBeLessThan(1_000);
    await ask(fresh);

    expect(fresh.nowMs()).toBeGreaterThanOrEqual(SECOND);
    expect(fresh.nowMs()).toBeLessThan(SECOND + 2_000);
  });

  test('is heard from an answer 503, which says nothing else', async () => {
    const fresh = s3Store(other.client, BUCKET);
    other.server.faults.add({ kind: 'status', status: 503 });

    await sentenceOf(fresh.get('a'));

    expect(fresh.nowMs()).toBeGreaterThanOrEqual(SECOND);
  });

  test('dates the very answer that brought the body, also one that is behind others', async () => {
    let nowMs = THEN;
    const moving = await startServer({ now: () => new Date(nowMs) });
    const on = s3Store(moving.client, BUCKET);
    await on.put('a', '1', 'any');
    nowMs -= 7_000;

    const stored = await on.get('a');
    await moving.stop();

    expect(stored).toMatchObject({ modifiedMs: SECOND, answeredMs: SECOND - 7_000 });
    expect(on.nowMs()).toBeGreaterThanOrEqual(SECOND);
  });

  test("is heard without a change to the caller's client", async () => {
    const before = other.client.middlewareStack.identify();

    const on = s3Store(other.client, BUCKET);
    await on.put('a', '1', 'any');
    await other.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'a' }));

    expect(other.client.middlewareStack.identify()).toEqual(before);
  });
});
