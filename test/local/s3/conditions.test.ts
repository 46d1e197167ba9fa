import { request } from 'node:http';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { BUCKET, raw, type RunningServer, refusalOf, startServer } from './running-server';

const WRITERS = 20;

describe.each([
  ['without versioning', false],
  ['with versioning', true],
])('conditional writes %s', (_name, versioning) => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer({ versioning });
  });
  afterAll(() => running.stop());

  const put = (Key: string, Body: string, condition: { IfMatch?: string | undefined; IfNoneMatch?: string } = {}) =>
    running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ...condition }));
  const text = async (Key: string) =>
    (await running.client.send(new GetObjectCommand({ Bucket: BUCKET, Key }))).Body?.transformToString();
  const remove = (Key: string, IfMatch?: string) =>
    running.client.send(
      new DeleteObjectCommand({ Bucket: BUCKET, Key, ...(IfMatch === undefined ? {} : { IfMatch }) }),
    );

  async function race(key: string, condition: { IfMatch?: string | undefined; IfNoneMatch?: string }) {
    const writers = Array.from({ length: WRITERS }, (_, i) => refusalOf(put(key, `writer ${i}`, condition)));
    const outcomes = await Promise.all(writers);
    const winners = outcomes.flatMap((outcome, i) => (outcome === 'not refused' ? [`writer ${i}`] : []));
    return { winners, refusals: new Set(outcomes.filter((outcome) => outcome !== 'not refused')) };
  }

  it('have one winner of many that want to create', async () => {
    const { winners, refusals } = await race('created', { IfNoneMatch: '*' });

    expect(winners).toHaveLength(1);
    expect(refusals).toEqual(new Set(['PreconditionFailed 412']));
    expect(await text('created')).toBe(winners[0]);
  });

  it('have one winner of many that want to create again after a delete', async () => {
    await put('recreated', 'old');
    await remove('recreated');

    const { winners } = await race('recreated', { IfNoneMatch: '*' });

    expect(winners).toHaveLength(1);
    expect(await text('recreated')).toBe(winners[0]);
  });

  it('have one winner of many that want to replace the same state', async () => {
    const { ETag } = await put('replaced', 'old');

    const { winners } = await race('replaced', { IfMatch: ETag });

    expect(winners).toHaveLength(1);
    expect(await text('replaced')).toBe(winners[0]);
  });

  it('that are refused leave no version behind', async () => {
    await put('kept', 'first');
    await refusalOf(put('kept', 'second', { IfNoneMatch: '*' }));

    const list = await running.client.send(new ListObjectVersionsCommand({ Bucket: BUCKET, Prefix: 'kept' }));

    expect(list.Versions).toHaveLength(1);
  });

  it('with If-Match answer 404 for a key that never was, or was deleted', async () => {
    expect(await refusalOf(put('never', 'x', { IfMatch: '"00"' }))).toBe('NoSuchKey 404');
    await put('was', 'x');
    await remove('was');
    expect(await refusalOf(put('was', 'x', { IfMatch: '*' }))).toBe('NoSuchKey 404');
  });

  it('of a slow upload lose to a quick one that began later and ended first', async () => {
    const slow = request({
      host: '127.0.0.1',
      port: running.server.port,
      agent: false,
      method: 'PUT',
      path: `/${BUCKET}/slow-and-quick`,
      headers: { 'content-length': '4', 'if-none-match': '*' },
    });
    const slowStatus = new Promise((resolve, reject) => {
      slow.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
    });
    await new Promise<void>((resolve) => slow.write('sl', () => resolve()));

    const quick = await refusalOf(put('slow-and-quick', 'quick', { IfNoneMatch: '*' }));
    slow.end('ow');

    expect(quick).toBe('not refused');
    expect(await slowStatus).toBe(412);
    expect(await text('slow-and-quick')).toBe('quick');
  });

  it('take no If-None-Match but the star', async () => {
    const answer = await raw(running.server, 'PUT', `/${BUCKET}/k`, { 'if-none-match': '"ab"' }, 'x');

    expect(answer.status).toBe(501);
  });

  it('guard deletes too', async () => {
    const { ETag } = await put('guarded', 'x');

    expect(await refusalOf(remove('guarded', '"00"'))).toBe('PreconditionFailed 412');
    expect(await refusalOf(remove('guarded', ETag))).toBe('not refused');
    expect(await refusalOf(remove('guarded', ETag))).toBe('NoSuchKey 404');
    expect(await refusalOf(remove('guarded', '*'))).toBe('NoSuchKey 404');
  });

  it('guard each delete of a list by itself', async () => {
    await put('list/stale', 'x');
    const { ETag } = await put('list/right', 'x');

    const Objects = [
      { Key: 'list/stale', ETag: '"00"' },
      { Key: 'list/right', ETag },
    ];
    const result = await running.client.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects } }));

    expect(result.Errors?.map((error) => [error.Key, error.Code])).toEqual([['list/stale', 'PreconditionFailed']]);
    expect(result.Deleted?.map((deleted) => deleted.Key)).toEqual(['list/right']);
  });
});

describe('conditional reads', () => {
  const modified = new Date('2026-03-01T10:00:00.700Z');
  let running: RunningServer;
  let etag: string;
  beforeAll(async () => {
    running = await startServer({ now: () => modified });
    const put = await running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'k', Body: 'x' }));
    etag = put.ETag ?? '';
  });
  afterAll(() => running.stop());

  const second = new Date('2026-03-01T10:00:00Z');
  const before = new Date('2026-03-01T09:59:59Z');
  it.each([
    ['If-Match of the etag', () => ({ IfMatch: etag }), 200],
    ['If-Match of the bare etag', () => ({ IfMatch: etag.replaceAll('"', '') }), 200],
    ['If-Match of the star', () => ({ IfMatch: '*' }), 200],
    ['If-Match of another', () => ({ IfMatch: '"00"' }), 412],
    ['If-None-Match of another', () => ({ IfNoneMatch: '"00"' }), 200],
    ['If-None-Match of the etag', () => ({ IfNoneMatch: etag }), 304],
    ['If-None-Match of a list with the etag', () => ({ IfNoneMatch: `"00", ${etag}` }), 304],
    ['If-Modified-Since its own second', () => ({ IfModifiedSince: second }), 304],
    ['If-Modified-Since the second before', () => ({ IfModifiedSince: before }), 200],
    ['If-Unmodified-Since its own second', () => ({ IfUnmodifiedSince: second }), 200],
    ['If-Unmodified-Since the second before', () => ({ IfUnmodifiedSince: before }), 412],
    [
      'If-Match that holds over If-Unmodified-Since that does not',
      () => ({ IfMatch: etag, IfUnmodifiedSince: before }),
      200,
    ],
  ])('with %s', async (_name, condition, status) => {
    const sent = running.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'k', ...condition() }));

    const outcome = await refusalOf(sent);

    // HEAD has no document to name the error in.
    expect(outcome).toBe(status === 200 ? 'not refused' : `Unknown ${status}`);
  });
});
