import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type S3Server, startS3Server } from '../../src/local/s3/server';
import { chooseFiles } from '../../src/replay/choose-files';
import { s3Source } from '../../src/replay/s3-source';
import { events, inMemory, keyAt, memorySink, start } from './replay-runs';

describe('history in S3', () => {
  const credentials = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
  const before = { ...process.env };
  const log: string[] = [];
  let folder: string;
  let server: S3Server;
  let client: S3Client;
  const put = (key: string, body: string | Buffer): Promise<unknown> =>
    client.send(
      new PutObjectCommand({
        Bucket: 'captures',
        Key: `p/${key}`,
        Body: body,
        ContentLength: Buffer.byteLength(body),
      }),
    );
  const access = (): { region: string; endpointUrl: string } => ({ region: 'us-east-1', endpointUrl: server.url });

  beforeAll(async () => {
    Object.assign(process.env, credentials);
    folder = mkdtempSync(join(tmpdir(), 'replay-s3-'));
    server = await startS3Server({ directory: folder, log: (line) => log.push(line) });
    server.createBucket('captures');
    client = new S3Client({ endpoint: server.url, region: 'us-east-1', forcePathStyle: true });
    await put(keyAt('01/08/00-00'), events({ eventId: 'early', inferenceTime: '2026-09-01T08:00:00Z' }));
    await put(
      keyAt('01/10/00-00', 'AllTraffic', '.jsonl.gz'),
      gzipSync(events({ eventId: 'packed', inferenceTime: '2026-09-01T10:00:00Z' })),
    );
    await put(keyAt('01/10/30-00'), events({ eventId: 'deleted', inferenceTime: '2026-09-01T10:30:00Z' }));
    await put(keyAt('01/11/00-00'), events({ eventId: 'late', inferenceTime: '2026-09-01T11:00:00Z' }));
    await put('churn/AllTraffic/', '');
    await put('readme.txt', 'x');
  });
  afterAll(async () => {
    client.destroy();
    await server.close();
    rmSync(folder, { recursive: true });
    process.env = before;
  });

  test('is listed in order, read once it is needed, and outside the window not at all; a deleted object stops nothing', async () => {
    const source = await s3Source('s3://captures/p/', access());
    const window = { fromMs: Date.parse('2026-09-01T10:00Z'), toMs: Date.parse('2026-09-01T12:00Z') };
    const chosen = chooseFiles(source.files, { endpoint: 'churn', variants: [], window, after: null });
    await client.send(new DeleteObjectCommand({ Bucket: 'captures', Key: `p/${keyAt('01/10/30-00')}` }));
    log.length = 0;
    const sink = memorySink('one');
    const { progress, unread } = await start(source, { ...inMemory([sink]), window, files: chosen.files }).run();
    source.close();

    expect(sink.ids).toEqual(['packed', 'late']);
    expect(unread.map(({ key, failure }) => [key, failure.kind])).toEqual([[`p/${keyAt('01/10/30-00')}`, 'gone']]);
    expect(progress[0]).toMatchObject({ files: { chosen: 3, done: 2, unread: 1 } });
    expect(source.passedOver).toEqual(['p/readme.txt']);
    expect(log.filter((line) => line.includes('/08/'))).toEqual([]);
  });

  test.each([
    ['s3://', /names no bucket/],
    ['s3://no-such-bucket/p/', /cannot be listed.*s3:ListBucket/],
  ])('at %s is wrong usage', async (address, sentence) => {
    await expect(s3Source(address, access())).rejects.toThrow(sentence);
  });
});
