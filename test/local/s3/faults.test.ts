import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { BUCKET, clientFor, raw, type RunningServer, refusalOf, startServer } from './running-server';

const BODY = 'x'.repeat(1_000_000);
let running: RunningServer;
beforeAll(async () => {
  running = await startServer();
});
afterAll(() => running.stop());
beforeEach(async () => {
  await put('big', BODY);
});
afterEach(() => running.server.faults.clear());

const put = (Key: string, Body: string, extra: object = {}) =>
  running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ...extra }));
const get = async (Key: string) =>
  (await running.client.send(new GetObjectCommand({ Bucket: BUCKET, Key }))).Body?.transformToString();
const head = (Key: string) => running.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key }));
const list = () => running.client.send(new ListObjectsV2Command({ Bucket: BUCKET }));

describe('a fault', () => {
  it('hits what it names and nothing else', async () => {
    running.server.faults.add({
      kind: 'deny',
      method: 'get',
      operation: 'GetObject',
      bucket: BUCKET,
      key: /^secret\//g,
    });
    await put('secret/a', 'x');

    expect(await refusalOf(get('secret/a'))).toBe('AccessDenied 403');
    expect(await refusalOf(get('secret/a'))).toBe('AccessDenied 403');
    expect(await refusalOf(get('big'))).toBe('not refused');
    expect(await refusalOf(put('secret/b', 'x'))).toBe('not refused');
    expect(await refusalOf(list())).toBe('not refused');
  });

  it('ends after the times it was given, or when it is removed', async () => {
    running.server.faults.add({ kind: 'status', operation: 'GetObject', times: 2 });
    const remove = running.server.faults.add({ kind: 'deny', operation: 'ListObjectsV2' });

    expect(await refusalOf(get('big'))).toBe('SlowDown 503');
    expect(await refusalOf(get('big'))).toBe('SlowDown 503');
    expect(await refusalOf(get('big'))).toBe('not refused');
    expect(await refusalOf(list())).toBe('AccessDenied 403');
    remove();
    expect(await refusalOf(list())).toBe('not refused');
  });

  it('is ridden out by a client that tries again', async () => {
    const client = clientFor(running.server, { maxAttempts: 3 });
    running.server.faults.add({ kind: 'status', status: 503, code: 'SlowDown', times: 1 });
    running.server.faults.add({ kind: 'reset', times: 1 });

    const got = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'big' }));

    expect(got.$metadata.attempts).toBe(3);
    expect(await got.Body?.transformToString()).toBe(BODY);
    client.destroy();
  });
});

describe('status', () => {
  it('answers what it is told, and does nothing', async () => {
    running.server.faults.add({ kind: 'status', status: 500, code: 'InternalError', operation: 'PutObject', times: 1 });

    expect(await refusalOf(put('not-done', BODY))).toBe('InternalError 500');
    expect(await refusalOf(head('not-done'))).toBe('NotFound 404');
  });
});

describe('conflict', () => {
  it('answers the 409 that S3 may give to writers that race', async () => {
    running.server.faults.add({ kind: 'conflict', operation: 'PutObject', times: 1 });

    expect(await refusalOf(put('k', 'x', { IfNoneMatch: '*' }))).toBe('ConditionalRequestConflict 409');
    expect(await refusalOf(put('k', 'x', { IfNoneMatch: '*' }))).toBe('not refused');
  });
});

describe('deny', () => {
  it('of GetObject covers HEAD, as the permission does', async () => {
    running.server.faults.add({ kind: 'deny', operation: 'GetObject' });

    expect(await refusalOf(get('big'))).toBe('AccessDenied 403');
    expect(await refusalOf(head('big'))).toBe('Unknown 403');
  });

  it.each(['ListBucket', 'ListObjectsV2'])('of %s hides whether a key exists', async (operation) => {
    expect(await refusalOf(get('missing'))).toBe('NoSuchKey 404');

    running.server.faults.add({ kind: 'deny', operation });

    expect(await refusalOf(get('missing'))).toBe('AccessDenied 403');
    expect(await refusalOf(head('missing'))).toBe('Unknown 403');
    expect(await refusalOf(get('big'))).toBe('not refused');
    expect(await refusalOf(list())).toBe('AccessDenied 403');
  });
});

describe('reset', () => {
  it('breaks the connection before anything is done', async () => {
    running.server.faults.add({ kind: 'reset', operation: 'DeleteObject', times: 1 });

    const remove = running.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'big' }));

    expect(await refusalOf(remove)).toMatch(/no answer$/);
    expect(await get('big')).toBe(BODY);
  });

  it('in the middle of a download delivers no more than it was told', async () => {
    running.server.faults.add({ kind: 'reset', operation: 'GetObject', afterBytes: 100_000, times: 1 });

    await expect(raw(running.server, 'GET', `/${BUCKET}/big`)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await get('big')).toBe(BODY);
  });

  it('in the middle of an upload stores nothing', async () => {
    running.server.faults.add({ kind: 'reset', operation: 'PutObject', afterBytes: 100_000, times: 1 });

    expect(await refusalOf(put('half', BODY))).toMatch(/no answer$/);
    expect(await refusalOf(head('half'))).toBe('NotFound 404');
    expect(await refusalOf(put('half', BODY))).toBe('not refused');
  });
});

describe('truncate', () => {
  it.each([
    [undefined, 500_000],
    [10, 10],
    [0, 0],
  ])('after %s bytes ends the answer early, its length still promised', async (afterBytes, received) => {
    const fault = { kind: 'truncate', operation: 'GetObject', times: 1 } as const;
    running.server.faults.add(afterBytes === undefined ? fault : { ...fault, afterBytes });
    const got = await running.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'big' }));
    let receivedBytes = 0;
    const read = async () => {
      for await (const piece of got.Body as unknown as AsyncIterable<Buffer>) receivedBytes += piece.length;
    };

    await expect(read()).rejects.toThrow();
    expect(got.ContentLength).toBe(BODY.length);
    expect(receivedBytes).toBe(received);
  });

  it('cuts documents too', async () => {
    running.server.faults.add({ kind: 'truncate', operation: 'ListObjectsV2', times: 1 });

    expect(await refusalOf(list())).not.toBe('not refused');
  });
});

describe('slow', () => {
  it('holds a request back while others pass, and then does it', async () => {
    running.server.faults.add({ kind: 'slow', operation: 'PutObject', key: /^slow$/, delayMs: 300 });
    let slowIsDone = false;
    const slow = put('slow', 'x').then(() => (slowIsDone = true));

    await put('quick', 'x');

    expect(slowIsDone).toBe(false);
    await slow;
    expect(await get('slow')).toBe('x');
  });

  it('may pause in the middle of a body, which arrives whole', async () => {
    running.server.faults.add({ kind: 'slow', operation: 'GetObject', delayMs: 100, afterBytes: 10 });

    expect(await get('big')).toBe(BODY);
  });
});

describe('lost-answer', () => {
  it('does the write and says nothing', async () => {
    running.server.faults.add({ kind: 'lost-answer', operation: 'PutObject', times: 1 });

    expect(await refusalOf(put('done', 'text', { IfNoneMatch: '*' }))).toMatch(/no answer$/);
    expect(await get('done')).toBe('text');
    expect(await refusalOf(put('done', 'text', { IfNoneMatch: '*' }))).toBe('PreconditionFailed 412');
  });

  it('may answer an error instead', async () => {
    running.server.faults.add({ kind: 'lost-answer', operation: 'PutObject', times: 1, status: 500 });

    expect(await refusalOf(put('done-too', 'text'))).toBe('InternalError 500');
    expect(await get('done-too')).toBe('text');
  });
});
