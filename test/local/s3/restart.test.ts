import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketNotificationConfigurationCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { type S3EventRecord, startS3Server } from '../../../src/local/s3/server';
import { BUCKET, type RunningServer, refusalOf, startServer } from './running-server';

let directory: string;
let running: RunningServer;
let events: S3EventRecord[];
beforeEach(async () => {
  events = [];
  directory = await mkdtemp(join(tmpdir(), 's3-restart-'));
  running = await startServer({ directory, versioning: true, onEvent: (event) => events.push(event) });
});
afterEach(async () => {
  await running.stop();
  await rm(directory, { recursive: true, force: true });
});

async function restart(): Promise<void> {
  running.client.destroy();
  await running.server.close();
  running = await startServer({ directory, onEvent: (event) => events.push(event) });
}

const put = (Key: string, Body: string, extra: object = {}) =>
  running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ...extra }));
const get = (Key: string, VersionId?: string) =>
  running.client.send(new GetObjectCommand({ Bucket: BUCKET, Key, VersionId }));
const bodies = () => readdir(join(directory, 'bodies'));

it('a restart keeps objects, versions, markers, metadata and settings', async () => {
  const first = await put('k ü', 'first', { Metadata: { a: 'b' } });
  await put('k ü', 'second');
  await put('deleted', 'x');
  await running.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'deleted' }));
  const QueueConfigurations = [
    { Id: 'q', QueueArn: 'arn:aws:sqs:us-east-1:0:q', Events: ['s3:ObjectCreated:*' as const] },
  ];
  await running.client.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: BUCKET,
      NotificationConfiguration: { QueueConfigurations },
    }),
  );
  const list = () => running.client.send(new ListObjectVersionsCommand({ Bucket: BUCKET }));
  const before = await list();

  for (let restarts = 0; restarts < 2; restarts++) await restart();

  const after = await list();
  expect([after.Versions, after.DeleteMarkers]).toEqual([before.Versions, before.DeleteMarkers]);
  const old = await get('k ü', first.VersionId);
  expect([await old.Body?.transformToString(), old.Metadata, old.ETag]).toEqual(['first', { a: 'b' }, first.ETag]);
  expect(await (await get('k ü')).Body?.transformToString()).toBe('second');
  expect(await refusalOf(get('deleted'))).toBe('NoSuchKey 404');
  expect((await put('new', 'x')).VersionId).toBeDefined();
  const kept = await running.client.send(new GetBucketNotificationConfigurationCommand({ Bucket: BUCKET }));
  expect(kept.QueueConfigurations).toEqual(QueueConfigurations);
});

it('sequencers go on growing after a restart', async () => {
  await put('k', '1');
  await restart();
  await put('k', '2');
  await new Promise((resolve) => setTimeout(resolve, 20));

  const [first, second] = events.map((event) => event.s3.object.sequencer);
  expect(first && second && first < second).toBe(true);
});

it('bodies go when nothing refers to them, and only then', async () => {
  running.server.createBucket('plain-bucket');
  const plain = (Body: string) => running.client.send(new PutObjectCommand({ Bucket: 'plain-bucket', Key: 'k', Body }));
  await plain('1');
  await plain('2');
  expect(await bodies()).toHaveLength(1);
  await put('k', '1');
  await put('k', '2');
  await refusalOf(put('k', '3', { IfNoneMatch: '*' }));
  await refusalOf(put('k', '4', { ChecksumCRC32: 'AAAAAA==' }));
  expect(await bodies()).toHaveLength(3);
});

it('what a kill left half done is cleared away, and the rest is there', async () => {
  await put('k', 'text');
  const upload = { Bucket: BUCKET, Key: 'parts' };
  const { UploadId } = await running.client.send(new CreateMultipartUploadCommand(upload));
  await running.client.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: 'x' }));
  running.client.destroy();
  await running.server.close();
  await writeFile(join(directory, 'bodies', 'half-an-upload'), 'x');
  await appendFile(join(directory, 'index.jsonl'), '{"kind":"put","bucket":"capt');

  running = await startServer({ directory });

  expect(await bodies()).toHaveLength(1);
  expect(await (await get('k')).Body?.transformToString()).toBe('text');
});

it('a port that is taken is an error of the start', async () => {
  const second = await mkdtemp(join(tmpdir(), 's3-second-'));

  await expect(startS3Server({ directory: second, port: running.server.port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
  await rm(second, { recursive: true, force: true });
});
