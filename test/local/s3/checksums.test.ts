import { createHash } from 'node:crypto';
import { type ChecksumAlgorithm, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { startDigest } from '../../../src/local/s3/wire/checksums';
import { BUCKET, raw, type RunningServer, refusalOf, startServer } from './running-server';

let running: RunningServer;
beforeAll(async () => {
  running = await startServer();
});
afterAll(() => running.stop());

/** Check values of "123456789": the catalogue of parametrised CRC algorithms, and RFC 3720 for CRC32C. */
const CHECK_VALUES = [
  ['CRC32', 'cbf43926'],
  ['CRC32C', 'e3069283'],
  ['CRC64NVME', 'ae8b14860a799888'],
  ['SHA1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
  ['SHA256', '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225'],
] as const;

const base64 = (algorithm: (typeof CHECK_VALUES)[number][0], hex: string): Record<string, string> => ({
  [`x-amz-checksum-${algorithm.toLowerCase()}`]: Buffer.from(hex, 'hex').toString('base64'),
});

describe.each(CHECK_VALUES)('a %s checksum', (algorithm, checkValue) => {
  it('has its known check value, however the bytes are split', () => {
    const whole = startDigest(algorithm);
    whole.update(Buffer.from('123456789'));
    const split = startDigest(algorithm);
    for (const piece of ['1', '', '2345', '6789']) split.update(Buffer.from(piece));

    expect(whole.digest().toString('hex')).toBe(checkValue);
    expect(split.digest().toString('hex')).toBe(checkValue);
  });

  it('is verified, kept and answered', async () => {
    const put = await raw(running.server, 'PUT', `/${BUCKET}/${algorithm}`, base64(algorithm, checkValue), '123456789');

    const head = await raw(running.server, 'HEAD', `/${BUCKET}/${algorithm}`, { 'x-amz-checksum-mode': 'ENABLED' });
    expect(put.status).toBe(200);
    expect(head.headers).toMatchObject({ ...base64(algorithm, checkValue), 'x-amz-checksum-type': 'FULL_OBJECT' });
  });

  it('that is wrong is refused, and nothing is stored', async () => {
    const key = `wrong-${algorithm}`;
    const put = await raw(running.server, 'PUT', `/${BUCKET}/${key}`, base64(algorithm, checkValue), '123456780');

    expect(put.status).toBe(400);
    expect(put.body.toString()).toContain('<Code>BadDigest</Code>');
    const head = running.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: key }));
    expect(await refusalOf(head)).toBe('NotFound 404');
  });
});

describe('the client of AWS', () => {
  it.each(['CRC32', 'SHA1', 'SHA256'] as ChecksumAlgorithm[])(
    'verifies its own %s on the way back',
    async (algorithm) => {
      const Key = `by-client-${algorithm}`;
      await running.client.send(
        new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'abc', ChecksumAlgorithm: algorithm }),
      );

      const got = await running.client.send(new GetObjectCommand({ Bucket: BUCKET, Key, ChecksumMode: 'ENABLED' }));

      expect(got[`Checksum${algorithm}` as 'ChecksumCRC32']).toBeDefined();
      expect(await got.Body?.transformToString()).toBe('abc');
    },
  );

  it('gets a BadDigest by name for a checksum it was told to send', async () => {
    const put = running.client.send(
      new PutObjectCommand({ Bucket: BUCKET, Key: 'told', Body: 'abc', ChecksumCRC32: 'AAAAAA==' }),
    );
    expect(await refusalOf(put)).toBe('BadDigest 400');
  });

  it('gets no checksum with a part of an object', async () => {
    await running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'part', Body: 'abcdef' }));

    const got = await running.client.send(
      new GetObjectCommand({ Bucket: BUCKET, Key: 'part', Range: 'bytes=0-2', ChecksumMode: 'ENABLED' }),
    );

    expect(got.ChecksumCRC32).toBeUndefined();
    expect(await got.Body?.transformToString()).toBe('abc');
  });
});

describe('Content-MD5', () => {
  const md5 = (text: string): string => createHash('md5').update(text).digest('base64');

  it.each([
    ['right', md5('abc'), 200, ''],
    ['wrong', md5('abd'), 400, 'BadDigest'],
    ['no MD5', 'c2hvcnQ=', 400, 'InvalidDigest'],
  ])('that is %s is judged', async (_case, value, status, code) => {
    const put = await raw(running.server, 'PUT', `/${BUCKET}/md5`, { 'content-md5': value }, 'abc');

    expect(put.status).toBe(status);
    expect(put.body.toString()).toContain(code);
  });
});

it('a signed payload hash that is not of the body is refused', async () => {
  const headers = { 'x-amz-content-sha256': createHash('sha256').update('other').digest('hex') };

  const put = await raw(running.server, 'PUT', `/${BUCKET}/hash`, headers, 'abc');

  expect(put.body.toString()).toContain('<Code>XAmzContentSHA256Mismatch</Code>');
});
