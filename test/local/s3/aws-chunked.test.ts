import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { decodeAwsChunked } from '../../../src/local/s3/wire/aws-chunked';
import { BUCKET, raw, type RunningServer, startServer } from './running-server';

const SEED = 20260301;

function framed(chunks: readonly Buffer[], trailer = ''): Buffer {
  const parts = chunks
    .filter((chunk) => chunk.length > 0)
    .map((chunk) => Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]));
  return Buffer.concat([...parts, Buffer.from(`0\r\n${trailer}\r\n`)]);
}

async function* cut(bytes: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
  for (let i = 0; i < bytes.length; i += pieceBytes) yield bytes.subarray(i, i + pieceBytes);
}

describe('aws-chunked framing', () => {
  it('is taken off whatever the chunks hold and wherever the wire cuts them', async () => {
    const chunk = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
    const property = fc.asyncProperty(fc.array(chunk), fc.integer({ min: 1, max: 50 }), async (chunks, pieceBytes) => {
      const wire = framed(chunks, 'x-amz-checksum-crc32:abc=\r\n');
      const decoded = decodeAwsChunked(cut(wire, pieceBytes), null);
      const payload: Buffer[] = [];
      for await (const piece of decoded.payload) payload.push(piece);
      expect(Buffer.concat(payload).equals(Buffer.concat(chunks))).toBe(true);
      expect([...decoded.trailers]).toEqual([['x-amz-checksum-crc32', 'abc=']]);
    });

    await fc.assert(property, { seed: SEED, numRuns: 150 });
  });
});

describe('an aws-chunked upload', () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer();
  });
  afterAll(() => running.stop());

  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32('hello'));
  const right = `x-amz-checksum-crc32:${checksum.toString('base64')}\r\n`;
  const headers = {
    'content-encoding': 'aws-chunked',
    'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'x-amz-decoded-content-length': '5',
    'x-amz-trailer': 'x-amz-checksum-crc32',
  };

  it.each([
    ['is whole', `5\r\nhello\r\n0\r\n${right}\r\n`, {}, 200, ''],
    [
      'has chunk signatures nobody verifies',
      `5;chunk-signature=ab\r\nhello\r\n0;chunk-signature=cd\r\n${right}\r\n`,
      {},
      200,
      '',
    ],
    ['states another checksum', '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n', {}, 400, 'BadDigest'],
    ['lacks the trailer it announced', '5\r\nhello\r\n0\r\n\r\n', {}, 400, 'MalformedTrailerError'],
    ['has a trailer without a name', `5\r\nhello\r\n0\r\nnonsense\r\n\r\n`, {}, 400, 'MalformedTrailerError'],
    [
      'is longer than it said',
      `5\r\nhello\r\n0\r\n${right}\r\n`,
      { 'x-amz-decoded-content-length': '4' },
      400,
      'IncompleteBody',
    ],
    ['ends inside a chunk', '5\r\nhel', {}, 400, 'IncompleteBody'],
    ['ends before the last chunk', '5\r\nhello\r\n', {}, 400, 'IncompleteBody'],
    ['has a chunk longer than its header', '4\r\nhello\r\n0\r\n\r\n', {}, 400, 'IncompleteBody'],
    ['has no chunk header', 'hello', {}, 400, 'IncompleteBody'],
    ['has a chunk header that is no number', 'zz\r\nhello\r\n0\r\n\r\n', {}, 400, 'InvalidRequest'],
  ])('that %s is judged', async (name, wire, extra, status, code) => {
    const path = `/${BUCKET}/${encodeURIComponent(name)}`;

    const put = await raw(running.server, 'PUT', path, { ...headers, ...extra }, wire);

    expect([put.status, put.body.toString()]).toEqual([status, expect.stringContaining(code)]);
    const get = await raw(running.server, 'GET', path);
    expect(get.status).toBe(status === 200 ? 200 : 404);
    if (status === 200) {
      expect(get.body.toString()).toBe('hello');
      expect(get.headers['content-encoding']).toBeUndefined();
    }
  });
});
