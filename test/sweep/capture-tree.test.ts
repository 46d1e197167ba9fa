import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SourceFailure } from '../../src/core/source';
import type { FolderReader } from '../../src/sweep/capture-listing';
import { CaptureTree } from '../../src/sweep/capture-tree';
import { diskFolders } from '../../src/sweep/disk-folders';
import { NO_HOUR } from '../../src/sweep/hours';
import { s3Folders } from '../../src/sweep/s3-folders';
import { BUCKET, type RunningServer, startServer } from '../local/s3/running-server';

/** Capture files by hour, wherever below the prefix SageMaker or a person put them. */
const HOURS = ['2026-09-01-13', '2026-09-01-14', '2026-08-31-23'];
const isCapture = (key: string): boolean => key.endsWith('.jsonl');

/** Key below the prefix → the hour it belongs to; null: it must not be listed. */
const KEYS: Readonly<Record<string, string | null>> = {
  'churn/AllTraffic/2026/09/01/14/00-00-000-a.jsonl': '2026-09-01-14',
  'churn/AllTraffic/2026/09/01/14/59-00-000-b.jsonl': '2026-09-01-14',
  'churn/AllTraffic/2026/09/01/13/00-00-000-a.jsonl': '2026-09-01-13',
  'churn/AllTraffic/2026/08/31/23/00-00-000-a.jsonl': '2026-08-31-23',
  'churn/Shadow-01/2026/09/01/14/00-00-000-s.jsonl': '2026-09-01-14',
  // Hours and years that nobody asked for.
  'churn/AllTraffic/2026/09/01/15/00-00-000-a.jsonl': null,
  'churn/AllTraffic/2025/09/01/14/00-00-000-a.jsonl': null,
  'churn-2022-04-18-00-13-16/AllTraffic/2022/04/18/00/21-48-903-a.jsonl': null,
  // An endpoint named as a year, and a variant as a month.
  '2026/09/2026/09/01/14/00-00-000-y.jsonl': '2026-09-01-14',
  '2026/AllTraffic/2026/09/01/14/00-00-000-y.jsonl': '2026-09-01-14',
  // Deeper than one endpoint and one variant.
  'team/models/churn/AllTraffic/2026/09/01/14/00-00-000-d.jsonl': '2026-09-01-14',
  // What is no capture file, and a year that only such a file stands in first.
  'churn/AllTraffic/2026/09/01/14/_SUCCESS': null,
  'marked/AllTraffic/2026/00-README': null,
  'marked/AllTraffic/2026/09/01/14/00-00-000-m.jsonl': '2026-09-01-14',
  // Outside the layout.
  'top.jsonl': NO_HOUR,
  'churn/beside.jsonl': NO_HOUR,
  'churn/AllTraffic/beside.jsonl': NO_HOUR,
  'churn/AllTraffic/2026/beside.jsonl': NO_HOUR,
  'churn/AllTraffic/2026/09/beside.jsonl': NO_HOUR,
  'churn/AllTraffic/2026/09/01/beside.jsonl': NO_HOUR,
  'churn/AllTraffic/2026/09/01/14/below/x.jsonl': NO_HOUR,
  'churn/AllTraffic/2026/09/drafts/x.jsonl': NO_HOUR,
  'flat/2026-09-01/x.jsonl': NO_HOUR,
};

async function expectFound(
  reader: FolderReader,
  root: string,
  keys: Readonly<Record<string, string | null>>,
): Promise<void> {
  const listed = await new CaptureTree(reader, root).survey(HOURS);
  const found: Record<string, string> = {};
  for (const hour of [...HOURS, NO_HOUR])
    for (const { file } of await listed.files(hour)) {
      expect(found[file.key]).toBeUndefined();
      found[file.key] = hour;
    }
  const expected = Object.entries(keys).filter(([, hour]) => hour !== null);

  expect(found).toEqual(Object.fromEntries(expected.map(([key, hour]) => [root + key, hour])));
}

describe('the capture files of a bucket', () => {
  let running: RunningServer;
  beforeAll(async () => {
    running = await startServer();
    const put = (Key: string): Promise<unknown> =>
      running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: Key }));
    for (const key of Object.keys(KEYS)) await put(`captures/${key}`);
    // SageMaker's keys when the destination ended with a slash.
    await put('doubled//churn/AllTraffic/2026/09/01/14/00-00-000-a.jsonl');
    await put('doubled/churn/AllTraffic/2026/09/01/14/00-00-000-a.jsonl');
    await put('captures-of-others/churn/AllTraffic/2026/09/01/14/00-00-000-a.jsonl');
  });
  afterAll(() => running.stop());

  const reader = (): FolderReader => s3Folders(running.client, BUCKET, isCapture);

  test('are found in every endpoint and variant, and each in its hour alone', () =>
    expectFound(reader(), 'captures/', KEYS));

  test('are found when the prefix names the endpoint, or the variant, too', async () => {
    const below = (prefix: string): Record<string, string | null> =>
      Object.fromEntries(
        Object.entries(KEYS).flatMap(([key, hour]) =>
          key.startsWith(prefix) ? [[key.slice(prefix.length), hour]] : [],
        ),
      );
    await expectFound(reader(), 'captures/churn/', below('churn/'));
    await expectFound(reader(), 'captures/churn/AllTraffic/', below('churn/AllTraffic/'));
  });

  test('are found below a doubled slash', () =>
    expectFound(reader(), 'doubled/', {
      '/churn/AllTraffic/2026/09/01/14/00-00-000-a.jsonl': '2026-09-01-14',
      'churn/AllTraffic/2026/09/01/14/00-00-000-a.jsonl': '2026-09-01-14',
    }));

  test('come with content, size and time', async () => {
    const listed = await new CaptureTree(reader(), 'captures/').survey(HOURS);
    const [file] = await listed.files('2026-09-01-13');
    const key = 'captures/churn/AllTraffic/2026/09/01/13/00-00-000-a.jsonl';

    expect(file).toEqual({
      file: { bucket: BUCKET, key, versionId: null },
      eTag: expect.stringMatching(/^[0-9a-f]{32}$/),
      sizeBytes: key.length,
      modifiedMs: expect.any(Number),
    });
    expect(Math.abs((file?.modifiedMs ?? 0) - Date.now())).toBeLessThan(600_000);
  });

  test('are all listed when there are more than one page of them', async () => {
    const keys = Array.from(
      { length: 30 },
      (_, at) => `many/churn/AllTraffic/2026/09/01/14/${String(at).padStart(2, '0')}-00-000-a.jsonl`,
    );
    for (const Key of keys) await running.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'x' }));
    const paging = {
      send: (command: { input: object }) =>
        running.client.send(Object.assign(command, { input: { ...command.input, MaxKeys: 7 } }) as never),
    };
    const listed = await new CaptureTree(s3Folders(paging as never, BUCKET, isCapture), 'many/').survey(HOURS);

    expect((await listed.files('2026-09-01-14')).map(({ file }) => file.key)).toEqual(keys);
  });

  test('of a bucket that is not there are a failure, and not an empty list', async () => {
    const survey = new CaptureTree(s3Folders(running.client, 'no-such-bucket', isCapture), 'captures/').survey(HOURS);

    await expect(survey).rejects.toThrow(SourceFailure);
    await expect(survey).rejects.toMatchObject({ kind: 'denied' });
  });
});

describe('the capture files of a folder', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tree-'));
    for (const key of Object.keys(KEYS)) {
      mkdirSync(dirname(join(folder, key)), { recursive: true });
      writeFileSync(join(folder, key), key);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('are found as in a bucket', () => expectFound(diskFolders(isCapture), `${folder}/`, KEYS));

  test('come with the time they were written, and without a content tag', async () => {
    const path = join(folder, 'churn/AllTraffic/2026/09/01/13/00-00-000-a.jsonl');
    utimesSync(path, 1_000, 1_000);
    const listed = await new CaptureTree(diskFolders(isCapture), `${folder}/`).survey(HOURS);

    expect(await listed.files('2026-09-01-13')).toMatchObject([
      { file: { bucket: null, key: path }, eTag: null, modifiedMs: 1_000_000 },
    ]);
  });

  test('are a failure when the folder cannot be read', async () => {
    await expect(new CaptureTree(diskFolders(isCapture), `${folder}/nowhere/`).survey(HOURS)).rejects.toThrow(
      SourceFailure,
    );
  });
});

describe('folders of hours', () => {
  test('come the newest first, those of one hour together', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tree-'));
    for (const key of Object.keys(KEYS)) {
      mkdirSync(dirname(join(folder, key)), { recursive: true });
      writeFileSync(join(folder, key), '');
    }
    const hours: [string, number][] = [];
    for await (const { hour, folders } of new CaptureTree(diskFolders(isCapture), `${folder}/`).newestFirst(() => true))
      hours.push([hour, folders.length]);
    rmSync(folder, { recursive: true });

    expect(hours).toEqual([
      ['2026-09-01-15', 1],
      ['2026-09-01-14', 5],
      ['2026-09-01-13', 1],
      ['2026-08-31-23', 1],
      ['2025-09-01-14', 1],
      ['2022-04-18-00', 1],
    ]);
  });
});
