import { createHash, randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { startDigest } from '../../../src/local/s3/wire/checksums';
import { BUCKET, type RunningServer, refusalOf, startServer } from './running-server';

const PART_BYTES = 5 * 1024 * 1024;
let running: RunningServer;
const events: string[] = [];
beforeAll(async () => {
  running = await startServer({ versioning: true, onEvent: (event) => events.push(event.eventName) });
});
afterAll(() => running.stop());

const put = (Key: string, Body: string) =>
  running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, Metadata: { kind: 'source' } }));
const bytes = async (Key: string) => {
  const got = await running.client.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
  return Buffer.from((await got.Body?.transformToByteArray()) ?? []);
};

describe('a copy', () => {
  it('has the bytes and metadata of the version it names', async () => {
    const first = await put('from ü+%20/k', 'first');
    await put('from ü+%20/k', 'second');
    const CopySource = `${BUCKET}/${encodeURIComponent('from ü+%20/k')}?versionId=${first.VersionId}`;

    const copied = await running.client.send(new CopyObjectCommand({ Bucket: BUCKET, Key: 'to', CopySource }));

    expect(copied.CopySourceVersionId).toBe(first.VersionId);
    expect(copied.CopyObjectResult?.ETag).toBe(first.ETag);
    const head = await running.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'to' }));
    expect(head.Metadata).toEqual({ kind: 'source' });
    expect((await bytes('to')).toString()).toBe('first');
  });

  it('outlives its source, and may replace the metadata', async () => {
    running.server.createBucket('second-bucket');
    await put('source', 'text');
    await running.client.send(
      new CopyObjectCommand({
        Bucket: 'second-bucket',
        Key: 'copy',
        CopySource: `/${BUCKET}/source`,
        MetadataDirective: 'REPLACE',
        Metadata: { kind: 'copy' },
      }),
    );
    await running.client.send(
      new CopyObjectCommand({ Bucket: 'second-bucket', Key: 'copy-2', CopySource: 'second-bucket/copy' }),
    );
    await running.client.send(new PutObjectCommand({ Bucket: 'second-bucket', Key: 'copy', Body: 'overwritten' }));

    const got = await running.client.send(new GetObjectCommand({ Bucket: 'second-bucket', Key: 'copy-2' }));

    expect(await got.Body?.transformToString()).toBe('text');
    expect(got.Metadata).toEqual({ kind: 'copy' });
  });

  it('obeys conditions on both ends', async () => {
    const source = await put('cond', 'text');
    const copy = (extra: object) =>
      running.client.send(
        new CopyObjectCommand({ Bucket: BUCKET, Key: 'cond-copy', CopySource: `${BUCKET}/cond`, ...extra }),
      );

    expect(await refusalOf(copy({ CopySourceIfMatch: '"00"' }))).toBe('PreconditionFailed 412');
    expect(await refusalOf(copy({ CopySourceIfNoneMatch: source.ETag }))).toBe('PreconditionFailed 412');
    expect(await refusalOf(copy({ IfNoneMatch: '*' }))).toBe('not refused');
    expect(await refusalOf(copy({ IfNoneMatch: '*' }))).toBe('PreconditionFailed 412');
  });

  it('of an object onto itself must change something', async () => {
    await put('self', 'text');
    const copy = (extra: object) =>
      running.client.send(
        new CopyObjectCommand({ Bucket: BUCKET, Key: 'self', CopySource: `${BUCKET}/self`, ...extra }),
      );

    expect(await refusalOf(copy({}))).toBe('InvalidRequest 400');
    expect(await refusalOf(copy({ MetadataDirective: 'REPLACE' }))).toBe('not refused');
  });

  it('of what is not there is refused by name', async () => {
    const copy = (CopySource: string) =>
      running.client.send(new CopyObjectCommand({ Bucket: BUCKET, Key: 'x', CopySource }));

    expect(await refusalOf(copy(`${BUCKET}/nothing`))).toBe('NoSuchKey 404');
    expect(await refusalOf(copy('no-such-bucket/k'))).toBe('NoSuchBucket 404');
    expect(await refusalOf(copy(BUCKET))).toBe('InvalidArgument 400');
  });
});

describe('a multipart upload', () => {
  const start = async (Key: string, extra: Partial<CreateMultipartUploadCommandInput> = {}) => {
    const created = await running.client.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key, ...extra }));
    return { Bucket: BUCKET, Key, UploadId: created.UploadId };
  };
  type Upload = Awaited<ReturnType<typeof start>>;
  const part = async (upload: Upload, PartNumber: number, Body: Buffer) => {
    const sent = await running.client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
    return { PartNumber, ETag: sent.ETag, ChecksumCRC32: sent.ChecksumCRC32 };
  };
  type Part = Awaited<ReturnType<typeof part>>;
  const complete = (upload: Upload, Parts: Part[], extra: object = {}) =>
    running.client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...extra }));

  it('joins its parts in order and makes one event', async () => {
    const [first, second] = [randomBytes(PART_BYTES), randomBytes(1000)];
    const upload = await start('joined', {
      ContentType: 'text/x',
      Metadata: { kind: 'parts' },
      ChecksumAlgorithm: 'CRC32',
    });
    const two = await part(upload, 2, second);
    await part(upload, 1, randomBytes(100));
    const one = await part(upload, 1, first);
    events.length = 0;

    const done = await complete(upload, [one, two]);

    const md5s = Buffer.concat([first, second].map((body) => createHash('md5').update(body).digest()));
    expect(done.ETag).toBe(`"${createHash('md5').update(md5s).digest('hex')}-2"`);
    expect((await bytes('joined')).equals(Buffer.concat([first, second]))).toBe(true);
    const head = await running.client.send(
      new HeadObjectCommand({ Bucket: BUCKET, Key: 'joined', ChecksumMode: 'ENABLED' }),
    );
    expect([head.ContentType, head.Metadata]).toEqual(['text/x', { kind: 'parts' }]);
    expect(head.ChecksumCRC32).toMatch(/-2$/);
    expect(head.ChecksumType).toBe('COMPOSITE');
    expect(events).toEqual(['ObjectCreated:CompleteMultipartUpload']);
    expect(await refusalOf(complete(upload, [one, two]))).toBe('NoSuchUpload 404');
  });

  it('may carry a checksum of the whole object', async () => {
    const body = Buffer.from('whole');
    const crc = startDigest('CRC32');
    crc.update(body);
    const ChecksumCRC32 = crc.digest().toString('base64');
    const upload = await start('whole', { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
    const only = await part(upload, 1, body);

    const wrong = complete(upload, [only], { ChecksumCRC32: 'AAAAAA==', ChecksumType: 'FULL_OBJECT' });
    expect(await refusalOf(wrong)).toBe('BadDigest 400');
    const done = await complete(upload, [only], { ChecksumCRC32, ChecksumType: 'FULL_OBJECT' });

    expect([done.ChecksumCRC32, done.ChecksumType]).toEqual([ChecksumCRC32, 'FULL_OBJECT']);
    expect((await bytes('whole')).toString()).toBe('whole');
  });

  it('is conditional when it is completed, and stays when it is refused', async () => {
    const upload = await start('late');
    const only = await part(upload, 1, Buffer.from('parts'));
    await put('late', 'first');

    expect(await refusalOf(complete(upload, [only], { IfNoneMatch: '*' }))).toBe('PreconditionFailed 412');
    expect((await bytes('late')).toString()).toBe('first');
    expect(await refusalOf(complete(upload, [only]))).toBe('not refused');
    expect((await bytes('late')).toString()).toBe('parts');
  });

  it('is gone when it is aborted', async () => {
    const upload = await start('aborted');
    const only = await part(upload, 1, Buffer.from('x'));

    await running.client.send(new AbortMultipartUploadCommand(upload));

    expect(await refusalOf(complete(upload, [only]))).toBe('NoSuchUpload 404');
    expect(await refusalOf(part(upload, 2, Buffer.from('x')))).toBe('NoSuchUpload 404');
    expect(await refusalOf(bytes('aborted'))).toBe('NoSuchKey 404');
  });

  it('is refused for parts that are missing, changed, out of order or too small', async () => {
    const upload = await start('refused');
    const one = await part(upload, 1, Buffer.from('one'));
    const two = await part(upload, 2, Buffer.from('two'));

    expect(await refusalOf(complete(upload, [one, { ...two, PartNumber: 3 }]))).toMatch(
      /InvalidPart 400|EntityTooSmall 400/,
    );
    expect(await refusalOf(complete(upload, [{ ...one, ETag: '"00"' }]))).toBe('InvalidPart 400');
    expect(await refusalOf(complete(upload, [two, one]))).toMatch(/EntityTooSmall 400|InvalidPartOrder 400/);
    expect(await refusalOf(complete(upload, [one, two]))).toBe('EntityTooSmall 400');
    expect(await refusalOf(part(upload, 10_001, Buffer.from('x')))).toBe('InvalidArgument 400');
  });
});
