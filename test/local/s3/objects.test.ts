import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { BUCKET, clientFor, raw, type RunningServer, refusalOf, startServer } from './running-server';

let running: RunningServer;
const clock = { now: new Date('2026-03-01T10:20:30.456Z') };

beforeAll(async () => {
  running = await startServer({ now: () => clock.now });
});
afterAll(() => running.stop());

describe('an object', () => {
  it('comes back with its bytes, metadata and content headers', async () => {
    const body = randomBytes(100_000);
    await running.client.send(
      new PutObjectCommand({
        Bucket: BUCKET,
        Key: 'a.jsonl',
        Body: body,
        ContentType: 'application/jsonlines',
        CacheControl: 'no-store',
        Metadata: { origin: 'test', 'two-words': 'a  b' },
      }),
    );

    const got = await running.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'a.jsonl' }));

    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
    expect(got.ContentType).toBe('application/jsonlines');
    expect(got.CacheControl).toBe('no-store');
    expect(got.Metadata).toEqual({ origin: 'test', 'two-words': 'a  b' });
    expect(got.LastModified?.toISOString()).toBe('2026-03-01T10:20:30.000Z');
  });

  it('without a type is binary/octet-stream, and HEAD says what GET says', async () => {
    await raw(running.server, 'PUT', `/${BUCKET}/untyped`, {}, 'hello');

    const get = await raw(running.server, 'GET', `/${BUCKET}/untyped`);
    const head = await raw(running.server, 'HEAD', `/${BUCKET}/untyped`);

    expect(get.headers['content-type']).toBe('binary/octet-stream');
    expect(head.body.length).toBe(0);
    for (const name of ['content-length', 'etag', 'last-modified', 'content-type', 'accept-ranges']) {
      expect(head.headers[name]).toBe(get.headers[name]);
    }
  });

  it('may be empty', async () => {
    await running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'empty', Body: '', ContentLength: 0 }));

    const got = await running.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'empty' }));

    expect(got.ContentLength).toBe(0);
    expect(got.ETag).toBe('"d41d8cd98f00b204e9800998ecf8427e"');
    expect(await got.Body?.transformToString()).toBe('');
  });

  it('put as a stream is stored without the framing of its transfer', async () => {
    const body = randomBytes(300_000);
    const put = new PutObjectCommand({
      Bucket: BUCKET,
      Key: 'streamed.gz',
      Body: Readable.from([body.subarray(0, 70_001), body.subarray(70_001)]),
      ContentLength: body.length,
      ContentEncoding: 'gzip',
    });
    await running.client.send(put);

    const got = await running.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'streamed.gz' }));

    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
    expect(got.ContentEncoding).toBe('gzip');
    expect(got.ChecksumCRC32).toBeDefined();
  });

  it('put by a client that computes no checksums works the same', async () => {
    const client = clientFor(running.server, {
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'plain', Body: 'plain' }));

    const got = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'plain' }));

    expect(await got.Body?.transformToString()).toBe('plain');
    expect(got.ChecksumCRC32).toBeUndefined();
    client.destroy();
  });

  it('of unknown length is refused, as S3 refuses it', async () => {
    const put = await raw(
      running.server,
      'PUT',
      `/${BUCKET}/unknown`,
      {
        'content-length': '12',
        'content-encoding': 'aws-chunked',
      },
      '2\r\nhi\r\n0\r\n\r\n',
    );

    expect(put.status).toBe(411);
    expect(put.body.toString()).toContain('<Code>MissingContentLength</Code>');
  });

  it('is read with the headers the query asks for', async () => {
    await running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'renamed', Body: 'x' }));

    const got = await running.client.send(
      new GetObjectCommand({ Bucket: BUCKET, Key: 'renamed', ResponseContentDisposition: 'attachment; filename="y"' }),
    );

    expect(got.ContentDisposition).toBe('attachment; filename="y"');
  });

  it('is gone after a delete, and deleting it again is no error', async () => {
    await running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'short-lived', Body: 'x' }));

    await running.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'short-lived' }));
    await running.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'short-lived' }));

    const get = running.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'short-lived' }));
    expect(await refusalOf(get)).toBe('NoSuchKey 404');
  });

  it('deleted while it is read is read to its end', async () => {
    const body = randomBytes(4_000_000);
    await running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'vanishing', Body: body }));
    const got = await running.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'vanishing' }));

    await running.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'vanishing' }));

    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
  });
});

describe('many objects deleted at once', () => {
  it('each have their result, odd keys included, unless asked to be quiet', async () => {
    const keys = ['d/1', 'd/<&>"\'', 'd/ü +%20'];
    for (const Key of keys) await running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'x' }));
    const Objects = [...keys, 'd/never-there'].map((Key) => ({ Key }));

    const loud = await running.client.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects } }));
    const quiet = await running.client.send(
      new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects, Quiet: true } }),
    );

    expect(loud.Deleted?.map((deleted) => deleted.Key)).toEqual([...keys, 'd/never-there']);
    expect(quiet.Deleted).toBeUndefined();
    const head = running.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'd/1' }));
    expect(await refusalOf(head)).toBe('NotFound 404');
  });

  it('are refused as a whole when the list is no list', async () => {
    const answer = await raw(
      running.server,
      'POST',
      `/${BUCKET}?delete`,
      {},
      '<Delete><Object><Key>a</Object></Delete>',
    );

    expect(answer.status).toBe(400);
    expect(answer.body.toString()).toContain('<Code>MalformedXML</Code>');
  });
});

describe('a bucket', () => {
  it('can be made once, found and listed', async () => {
    await running.client.send(new CreateBucketCommand({ Bucket: 'another-bucket' }));

    const again = running.client.send(new CreateBucketCommand({ Bucket: 'another-bucket' }));
    expect(await refusalOf(again)).toBe('BucketAlreadyOwnedByYou 409');
    await running.client.send(new HeadBucketCommand({ Bucket: 'another-bucket' }));
    const list = await running.client.send(new ListBucketsCommand({}));
    expect(list.Buckets?.map((bucket) => bucket.Name)).toEqual(['another-bucket', BUCKET]);
  });

  it('that is missing is named in the error', async () => {
    const put = running.client.send(new PutObjectCommand({ Bucket: 'no-such-bucket', Key: 'k', Body: 'x' }));
    expect(await refusalOf(put)).toBe('NoSuchBucket 404');
    const head = running.client.send(new HeadBucketCommand({ Bucket: 'no-such-bucket' }));
    expect(await refusalOf(head)).toBe('NotFound 404');
  });

  it('needs a valid name', async () => {
    const answer = await raw(running.server, 'PUT', '/Not_Valid');

    expect(answer.body.toString()).toContain('<Code>InvalidBucketName</Code>');
    expect(() => running.server.createBucket('Not_Valid')).toThrow('not a valid bucket name');
  });
});

describe('every answer', () => {
  it('carries the date of the given clock and a request id of its own', async () => {
    const first = await raw(running.server, 'HEAD', `/${BUCKET}`);
    clock.now = new Date('2026-03-01T11:00:00Z');
    const second = await raw(running.server, 'HEAD', `/${BUCKET}`);

    expect(first.headers.date).toBe('Sun, 01 Mar 2026 10:20:30 GMT');
    expect(second.headers.date).toBe('Sun, 01 Mar 2026 11:00:00 GMT');
    expect(first.headers['x-amz-request-id']).toMatch(/^[0-9A-F]{16}$/);
    expect(second.headers['x-amz-request-id']).not.toBe(first.headers['x-amz-request-id']);
  });

  it('says so when the operation is not one of this server', async () => {
    const policy = await raw(running.server, 'GET', `/${BUCKET}?policy`);
    const listV1 = await raw(running.server, 'GET', `/${BUCKET}`);

    expect(policy.status).toBe(501);
    expect(listV1.status).toBe(501);
    expect(policy.body.toString()).toContain('<Code>NotImplemented</Code>');
  });
});
