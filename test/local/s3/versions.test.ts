import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { BUCKET, raw, type RunningServer, refusalOf, startServer } from './running-server';

let running: RunningServer;
beforeEach(async () => {
  running = await startServer({ versioning: true });
});
afterEach(() => running.stop());

const put = async (Key: string, Body: string) =>
  (await running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }))).VersionId;
const text = async (Key: string, VersionId?: string) =>
  (await running.client.send(new GetObjectCommand({ Bucket: BUCKET, Key, VersionId }))).Body?.transformToString();
const remove = (Key: string, VersionId?: string) =>
  running.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key, VersionId }));
const versions = () => running.client.send(new ListObjectVersionsCommand({ Bucket: BUCKET }));
const setVersioning = (Status: 'Enabled' | 'Suspended') =>
  running.client.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status } }));

it('an overwrite keeps the version before it', async () => {
  const first = await put('k', 'first');
  const second = await put('k', 'second');

  expect(await text('k')).toBe('second');
  expect(await text('k', first)).toBe('first');
  expect(await text('k', second)).toBe('second');
  const head = await running.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'k', VersionId: first }));
  expect(head.VersionId).toBe(first);
  expect(head.ContentLength).toBe(5);
});

it('a delete puts a marker on top, and removing the marker brings the object back', async () => {
  const version = await put('k', 'kept');

  const deleted = await remove('k');

  expect(deleted.DeleteMarker).toBe(true);
  const gone = await raw(running.server, 'GET', `/${BUCKET}/k`);
  expect(gone.status).toBe(404);
  expect(gone.headers['x-amz-delete-marker']).toBe('true');
  expect(await text('k', version)).toBe('kept');
  const marker = await raw(running.server, 'GET', `/${BUCKET}/k?versionId=${deleted.VersionId}`);
  expect(marker.status).toBe(405);
  expect((await running.client.send(new ListObjectsV2Command({ Bucket: BUCKET }))).KeyCount).toBe(0);
  const undeleted = await remove('k', deleted.VersionId);
  expect([undeleted.DeleteMarker, undeleted.VersionId]).toEqual([true, deleted.VersionId]);
  expect(await text('k')).toBe('kept');
});

it('removing the newest version brings back the one before', async () => {
  await put('k', 'first');
  const second = await put('k', 'second');

  await remove('k', second);

  expect(await text('k')).toBe('first');
  expect(await refusalOf(text('k', second))).toBe('NoSuchVersion 404');
});

it('an id that cannot be one is told apart from one that is not there', async () => {
  await put('k', 'x');

  expect(await refusalOf(text('k', 'a'.repeat(32)))).toBe('NoSuchVersion 404');
  expect(await refusalOf(text('k', 'short'))).toBe('InvalidArgument 400');
  expect(await refusalOf(remove('k', 'short'))).toBe('InvalidArgument 400');
});

it('a bucket begins without versioning, and suspending writes the null version', async () => {
  running.server.createBucket('plain-bucket');
  const plain = await running.client.send(new GetBucketVersioningCommand({ Bucket: 'plain-bucket' }));
  expect(plain.Status).toBeUndefined();
  const kept = await put('k', 'kept');

  await setVersioning('Suspended');
  const suspended = await put('k', 'null 1');
  await put('k', 'null 2');

  expect((await running.client.send(new GetBucketVersioningCommand({ Bucket: BUCKET }))).Status).toBe('Suspended');
  expect(suspended).toBe('null');
  expect((await versions()).Versions?.map((version) => version.VersionId)).toEqual(['null', kept]);
  expect(await text('k', 'null')).toBe('null 2');
  const marker = await remove('k');
  expect([marker.DeleteMarker, marker.VersionId]).toEqual([true, 'null']);
  expect(await text('k', kept)).toBe('kept');
});

it('objects from before versioning are the null version', async () => {
  running.server.createBucket('older');
  await running.client.send(new PutObjectCommand({ Bucket: 'older', Key: 'k', Body: 'old' }));
  running.server.createBucket('older', { versioning: true });
  await running.client.send(new PutObjectCommand({ Bucket: 'older', Key: 'k', Body: 'new' }));

  const old = await running.client.send(new GetObjectCommand({ Bucket: 'older', Key: 'k', VersionId: 'null' }));

  expect(await old.Body?.transformToString()).toBe('old');
  expect(old.VersionId).toBe('null');
});

it('a list of deletes takes versions and says which markers it made', async () => {
  const version = await put('a', 'x');
  await put('b', 'x');

  const Objects = [{ Key: 'a', VersionId: version }, { Key: 'b' }];
  const result = await running.client.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects } }));

  expect(result.Deleted?.[0]).toEqual({ Key: 'a', VersionId: version });
  expect(result.Deleted?.[1]).toMatchObject({ Key: 'b', DeleteMarker: true });
  expect((await versions()).Versions?.map((one) => one.Key)).toEqual(['b']);
});

it('all versions are listed in pages, newest first, markers among them', async () => {
  for (const key of ['a', 'b', 'c/1', 'c/2']) {
    await put(key, '1');
    await put(key, '2');
  }
  await remove('b');

  const seen: string[] = [];
  let KeyMarker: string | undefined;
  let VersionIdMarker: string | undefined;
  for (let pages = 0; pages < 20; pages++) {
    const page = await running.client.send(
      new ListObjectVersionsCommand({ Bucket: BUCKET, Delimiter: '/', MaxKeys: 1, KeyMarker, VersionIdMarker }),
    );
    for (const one of page.Versions ?? []) seen.push(`${one.Key}${one.IsLatest === true ? ' latest' : ''}`);
    for (const one of page.DeleteMarkers ?? []) seen.push(`${one.Key} marker${one.IsLatest === true ? ' latest' : ''}`);
    for (const one of page.CommonPrefixes ?? []) seen.push(`${one.Prefix}`);
    if (page.IsTruncated !== true) break;
    KeyMarker = page.NextKeyMarker;
    VersionIdMarker = page.NextVersionIdMarker;
  }

  expect(seen).toEqual(['a latest', 'a', 'b marker latest', 'b', 'b', 'c/']);
});
