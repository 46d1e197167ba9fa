import { CopyObjectCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { S3EventRecord } from '../../../src/local/s3/server';
import { BUCKET, type RunningServer, refusalOf, startServer } from './running-server';

const SEQUENCER: unknown = expect.stringMatching(/^[0-9A-F]{18}$/);
const TEXT: unknown = expect.any(String);

let running: RunningServer;
let events: S3EventRecord[];
let lines: string[];

beforeEach(async () => {
  [events, lines] = [[], []];
  running = await startServer({
    versioning: true,
    now: () => new Date('2026-03-01T10:00:00Z'),
    onEvent: (event) => events.push(event),
    log: (line) => lines.push(line),
  });
});
afterEach(() => running.stop());

const put = (Key: string, extra: object = {}) =>
  running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'text', ...extra }));
/** Events go out after the answer, one turn of the loop later. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('an event', () => {
  it('says what was stored where, in the form S3 has for it', async () => {
    const stored = await put('in/red flower.jpg');
    await settled();

    expect(events).toEqual([
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: 'us-east-1',
        eventTime: '2026-03-01T10:00:00.000Z',
        eventName: 'ObjectCreated:Put',
        userIdentity: { principalId: TEXT },
        requestParameters: { sourceIPAddress: '127.0.0.1' },
        responseElements: { 'x-amz-request-id': TEXT, 'x-amz-id-2': TEXT },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: '',
          bucket: { name: BUCKET, ownerIdentity: { principalId: TEXT }, arn: `arn:aws:s3:::${BUCKET}` },
          object: {
            key: 'in/red+flower.jpg',
            size: 4,
            eTag: stored.ETag?.replaceAll('"', ''),
            versionId: stored.VersionId,
            sequencer: SEQUENCER,
          },
        },
      },
    ]);
  });

  it('has a sequencer that grows, though the clock stands still', async () => {
    for (let i = 0; i < 5; i++) await put('k');
    await settled();

    const sequencers = events.map((event) => event.s3.object.sequencer);
    expect(new Set(sequencers).size).toBe(5);
    expect([...sequencers].sort()).toEqual(sequencers);
  });

  it('is named for what happened', async () => {
    const { VersionId } = await put('k');
    await running.client.send(new CopyObjectCommand({ Bucket: BUCKET, Key: 'copy', CopySource: `${BUCKET}/k` }));
    await running.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'k' }));
    await running.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'k', VersionId }));
    await settled();

    expect(events.map((event) => event.eventName)).toEqual([
      'ObjectCreated:Put',
      'ObjectCreated:Copy',
      'ObjectRemoved:DeleteMarkerCreated',
      'ObjectRemoved:Delete',
    ]);
    expect(events[3]?.s3.object).toEqual({ key: 'k', versionId: VersionId, sequencer: TEXT });
  });

  it('does not come of a refused write', async () => {
    await put('k');
    await refusalOf(put('k', { IfNoneMatch: '*' }));
    await refusalOf(put('other', { ChecksumCRC32: 'AAAAAA==' }));
    await settled();

    expect(events).toHaveLength(1);
  });

  it('has no version id on a bucket without versioning', async () => {
    running.server.createBucket('plain-bucket');
    await running.client.send(new PutObjectCommand({ Bucket: 'plain-bucket', Key: 'k', Body: 'x' }));
    await settled();

    expect(events[0]?.s3.object).not.toHaveProperty('versionId');
  });
});

describe('rules of this process', () => {
  it('get the events they match, under their own id', async () => {
    const got: string[] = [];
    const deliver = (record: S3EventRecord) => void got.push(`${record.s3.configurationId} ${record.s3.object.key}`);
    running.server.setNotification(BUCKET, [
      { id: 'captured', events: ['s3:ObjectCreated:*'], prefix: 'cap/', suffix: '.jsonl', deliver },
      { id: 'removed', events: ['s3:ObjectRemoved:*'], prefix: 'cap/', deliver },
    ]);

    for (const key of ['cap/a.jsonl', 'cap/a.csv', 'other/a.jsonl']) await put(key);
    await running.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'cap/a.csv' }));
    await settled();

    expect(got).toEqual(['captured cap/a.jsonl', 'removed cap/a.csv']);
  });

  it('that fail are logged and stop nothing', async () => {
    const deliver = () => Promise.reject(new Error('receiver broke'));
    running.server.setNotification(BUCKET, [{ id: 'r', events: ['s3:ObjectCreated:*'], deliver }]);

    await put('k');
    await settled();

    expect(lines).toEqual(expect.arrayContaining([expect.stringContaining('receiver broke')]));
    expect(await refusalOf(put('k2'))).toBe('not refused');
  });

  it('may not overlap', () => {
    const rule = (id: string, prefix: string) => ({ id, prefix, events: ['s3:ObjectCreated:*'], deliver: () => {} });

    expect(() => running.server.setNotification(BUCKET, [rule('a', 'cap/e'), rule('b', 'cap/e/x')])).toThrow(
      'Configuration is ambiguously defined',
    );
  });
});
