import { createHash, createHmac } from 'node:crypto';
import { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { BUCKET, CREDENTIALS, clientFor, raw, type RunningServer, refusalOf, startServer } from './running-server';

let running: RunningServer;
const clock = { now: new Date() };
beforeAll(async () => {
  running = await startServer({ credentials: CREDENTIALS, now: () => clock.now });
});
afterAll(() => running.stop());

const ODD_KEY = "ü +%20/(1)'!*~//=&$@:,;?#";
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

describe('a client with the right secret', () => {
  it('is let in, odd keys, queries, metadata and streams included', async () => {
    const put = (Body: string | Readable) =>
      running.client.send(
        new PutObjectCommand({ Bucket: BUCKET, Key: ODD_KEY, Body, ContentLength: 5, Metadata: { two: 'a  b' } }),
      );

    expect(await refusalOf(put('hello'))).toBe('not refused');
    expect(await refusalOf(put(Readable.from([Buffer.from('hello')])))).toBe('not refused');
    const list = await running.client.send(
      new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'ü +%20/', StartAfter: "a&b=c'*", EncodingType: 'url' }),
    );
    expect(list.KeyCount).toBe(1);
    const got = await running.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: ODD_KEY }));
    expect(await got.Body?.transformToString()).toBe('hello');
  });
});

describe('a client that may not come in', () => {
  it.each([
    ['has another secret', { ...CREDENTIALS, secretAccessKey: 'wrong' }, 'SignatureDoesNotMatch 403'],
    ['has another key', { ...CREDENTIALS, accessKeyId: 'OTHER' }, 'InvalidAccessKeyId 403'],
  ])('because it %s is told so', async (_name, credentials, expected) => {
    const client = clientFor(running.server, { credentials });

    expect(await refusalOf(client.send(new ListObjectsV2Command({ Bucket: BUCKET })))).toBe(expected);
    expect(await refusalOf(client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'k', Body: 'x' })))).toBe(expected);
    client.destroy();
  });

  it('because it does not sign is denied', async () => {
    const answer = await raw(running.server, 'GET', `/${BUCKET}?list-type=2`);

    expect([answer.status, answer.body.toString()]).toEqual([
      403,
      expect.stringContaining('<Code>AccessDenied</Code>'),
    ]);
  });

  it('because its header is no signature is told so', async () => {
    const answer = await raw(running.server, 'GET', `/${BUCKET}?list-type=2`, { authorization: 'Basic abc' });

    expect(answer.body.toString()).toContain('<Code>AuthorizationHeaderMalformed</Code>');
  });
});

/** Signs by the letter of the documentation, apart from the code under test. */
function sign(
  method: string,
  path: string,
  query: string,
  headers: Record<string, string>,
  payloadHash: string,
  timestamp: string,
) {
  const names = Object.keys(headers).sort();
  const canonical = [
    method,
    path,
    query,
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    payloadHash,
  ];
  const scope = `${timestamp.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const key = scope
    .split('/')
    .reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${CREDENTIALS.secretAccessKey}`);
  const text = ['AWS4-HMAC-SHA256', timestamp, scope, sha256(canonical.join('\n'))].join('\n');
  return { signature: hmac(key, text).toString('hex'), scope, key, signedHeaders: names.join(';') };
}

describe('a presigned URL', () => {
  const timestamp = '20260301T100000Z';
  const presign = (expiresSeconds: number, key = 'k'): string => {
    const parameters = [
      'X-Amz-Algorithm=AWS4-HMAC-SHA256',
      `X-Amz-Credential=${encodeURIComponent(`${CREDENTIALS.accessKeyId}/20260301/us-east-1/s3/aws4_request`)}`,
      `X-Amz-Date=${timestamp}`,
      `X-Amz-Expires=${expiresSeconds}`,
      'X-Amz-SignedHeaders=host',
    ].join('&');
    const headers = { host: `127.0.0.1:${running.server.port}` };
    const { signature } = sign('GET', `/${BUCKET}/${key}`, parameters, headers, 'UNSIGNED-PAYLOAD', timestamp);
    return `/${BUCKET}/${key}?${parameters}&X-Amz-Signature=${signature}`;
  };
  beforeAll(() => running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'k', Body: 'shared' })));

  it('opens what it was made for until it expires', async () => {
    clock.now = new Date('2026-03-01T10:00:59Z');
    expect((await raw(running.server, 'GET', presign(60))).body.toString()).toBe('shared');

    clock.now = new Date('2026-03-01T10:01:01Z');
    const late = await raw(running.server, 'GET', presign(60));
    expect([late.status, late.body.toString()]).toEqual([403, expect.stringContaining('Request has expired')]);
  });

  it('opens nothing else', async () => {
    clock.now = new Date('2026-03-01T10:00:00Z');
    const moved = presign(60).replace(`/${BUCKET}/k?`, `/${BUCKET}/other?`);

    expect((await raw(running.server, 'GET', moved)).body.toString()).toContain('SignatureDoesNotMatch');
    const stretched = presign(60).replace('Expires=60', 'Expires=600');
    expect((await raw(running.server, 'GET', stretched)).body.toString()).toContain('SignatureDoesNotMatch');
  });
});

describe('a body with signed chunks', () => {
  const timestamp = '20260301T100000Z';
  const upload = (tamper: (wire: string) => string) => {
    const payloadHash = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER';
    const headers = {
      host: `127.0.0.1:${running.server.port}`,
      'x-amz-content-sha256': payloadHash,
      'x-amz-date': timestamp,
      'x-amz-decoded-content-length': '10',
      'x-amz-trailer': 'x-amz-checksum-crc32',
    };
    const seed = sign('PUT', `/${BUCKET}/signed`, '', headers, payloadHash, timestamp);
    let previous = seed.signature;
    const next = (algorithm: string, ...hashes: string[]): string => {
      previous = hmac(seed.key, [algorithm, timestamp, seed.scope, previous, ...hashes].join('\n')).toString('hex');
      return previous;
    };
    const chunk = (text: string): string =>
      `${text.length.toString(16)};chunk-signature=${next('AWS4-HMAC-SHA256-PAYLOAD', sha256(''), sha256(text))}\r\n${text}`;
    const trailer = 'x-amz-checksum-crc32:+esgrQ==';
    const wire = `${chunk('hello')}\r\n${chunk('world')}\r\n${chunk('')}${trailer}\r\nx-amz-trailer-signature:${next('AWS4-HMAC-SHA256-TRAILER', sha256(`${trailer}\n`))}\r\n\r\n`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${CREDENTIALS.accessKeyId}/${seed.scope},SignedHeaders=${seed.signedHeaders},Signature=${seed.signature}`;
    return raw(running.server, 'PUT', `/${BUCKET}/signed`, { ...headers, authorization }, tamper(wire));
  };

  it.each([
    ['as they were signed', (wire: string) => wire, ''],
    ['and one of them changed', (wire: string) => wire.replace('world', 'w0rld'), 'SignatureDoesNotMatch'],
    [
      'and one signature gone',
      (wire: string) => wire.replace(/;chunk-signature=[0-9a-f]+/, ''),
      'SignatureDoesNotMatch',
    ],
    ['and another trailer', (wire: string) => wire.replace('+esgrQ==', 'kB57yA=='), 'SignatureDoesNotMatch'],
  ])('%s is judged', async (_name, tamper, code) => {
    const answer = await upload(tamper);

    expect([answer.status, answer.body.toString()]).toEqual([code === '' ? 200 : 403, expect.stringContaining(code)]);
  });
});
