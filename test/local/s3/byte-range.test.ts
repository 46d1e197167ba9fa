import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { byteRangeOf } from '../../../src/local/s3/wire/byte-range';
import { BUCKET, type RunningServer, refusalOf, startServer } from './running-server';

describe('a Range header', () => {
  const part = (start: number, end: number) => ({ kind: 'part', start, end });
  it.each([
    ['bytes=0-0', 10, part(0, 0)],
    ['bytes=0-9', 10, part(0, 9)],
    ['bytes=9-9', 10, part(9, 9)],
    ['bytes=9-', 10, part(9, 9)],
    ['bytes=0-', 10, part(0, 9)],
    ['bytes=5-100', 10, part(5, 9)],
    ['bytes=-1', 10, part(9, 9)],
    ['bytes=-10', 10, part(0, 9)],
    ['bytes=-11', 10, part(0, 9)],
    ['bytes=10-', 10, { kind: 'unsatisfiable' }],
    ['bytes=10-11', 10, { kind: 'unsatisfiable' }],
    ['bytes=-0', 10, { kind: 'unsatisfiable' }],
    ['bytes=0-', 0, { kind: 'unsatisfiable' }],
    ['bytes=-1', 0, { kind: 'unsatisfiable' }],
    ['bytes=5-4', 10, { kind: 'whole' }],
    ['bytes=0-1,3-4', 10, { kind: 'whole' }],
    ['bytes=-', 10, { kind: 'whole' }],
    ['lines=0-1', 10, { kind: 'whole' }],
    [undefined, 10, { kind: 'whole' }],
  ])('%s of %d bytes', (header, sizeBytes, expected) => {
    expect(byteRangeOf(header, sizeBytes)).toEqual(expected);
  });
});

describe('a ranged read', () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer();
    await running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'digits', Body: '0123456789' }));
    await running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'empty', Body: '', ContentLength: 0 }));
  });
  afterAll(() => running.stop());

  it.each([
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=3-5', '345', 'bytes 3-5/10'],
    ['bytes=9-', '9', 'bytes 9-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
  ])('%s answers 206 with its part', async (Range, text, contentRange) => {
    const got = await running.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'digits', Range }));

    expect(await got.Body?.transformToString()).toBe(text);
    expect(got.ContentRange).toBe(contentRange);
    expect(got.ContentLength).toBe(text.length);
    expect(got.$metadata.httpStatusCode).toBe(206);
  });

  it('past the end, or of an empty object, is 416', async () => {
    const past = running.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'digits', Range: 'bytes=10-' }));
    expect(await refusalOf(past)).toBe('InvalidRange 416');
    const empty = running.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'empty', Range: 'bytes=0-' }));
    expect(await refusalOf(empty)).toBe('InvalidRange 416');
  });

  it('of HEAD states the length of the part', async () => {
    const head = await running.client.send(
      new HeadObjectCommand({ Bucket: BUCKET, Key: 'digits', Range: 'bytes=2-4' }),
    );

    expect(head.ContentLength).toBe(3);
    expect(head.ContentRange).toBe('bytes 2-4/10');
  });

  it('resumes under If-Match, and stops when the object is another one', async () => {
    const { ETag } = await running.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'digits' }));
    const read = (IfMatch: string | undefined) =>
      running.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'digits', Range: 'bytes=5-', IfMatch }));

    expect(await (await read(ETag)).Body?.transformToString()).toBe('56789');
    expect(await refusalOf(read('"0000"'))).toBe('PreconditionFailed 412');
  });
});
