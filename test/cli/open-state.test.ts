import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { openState } from '../../src/cli/open-state';
import { UsageError } from '../../src/core/errors';
import { BUCKET, CREDENTIALS, type RunningServer, startServer } from '../local/s3/running-server';

/** Where a person says the state is. */
describe('state', () => {
  let folder: string;
  let s3: RunningServer;
  const environment = { ...process.env };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'open-state-'));
    s3 = await startServer();
    process.env.AWS_ACCESS_KEY_ID = CREDENTIALS.accessKeyId;
    process.env.AWS_SECRET_ACCESS_KEY = CREDENTIALS.secretAccessKey;
  });
  afterAll(async () => {
    process.env = environment;
    await s3.stop();
    rmSync(folder, { recursive: true });
  });

  const open = (location: string): ReturnType<typeof openState> =>
    openState(location, { endpointUrl: s3.server.url, region: 'us-east-1' });

  test.each(['', '/', '/state', '/state/', '/team/state-1'])(
    'is in a bucket, below the prefix "%s"',
    async (prefix) => {
      const store = await open(`s3://${BUCKET}${prefix}`);
      await store.put('start/v1/m/s', '{}', 'any');
      const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: BUCKET }));

      expect(Contents.map(({ Key }) => Key)).toContain(
        `${prefix.replace(/^\/|\/$/g, '')}/start/v1/m/s`.replace(/^\//, ''),
      );
      expect((await store.get('start/v1/m/s'))?.body).toBe('{}');
    },
  );

  test('is in a folder that exists', async () => {
    const store = await open(folder);
    await store.put('start/v1/m/s', '{}', 'absent');

    expect((await (await open(folder)).get('start/v1/m/s'))?.body).toBe('{}');
  });

  test('is in no folder that would have to be made: an empty ledger would deliver everything again', async () => {
    await expect(open(join(folder, 'mistyped'))).rejects.toThrow(UsageError);
  });

  test.each([
    ['', /is no place for state/],
    ['https://bucket.s3.amazonaws.com', /is no place for state/],
    ['s3://', /names no bucket/],
    ['s3:///prefix', /names no bucket/],
    ['s3://bucket/two words', /a prefix is names of letters/],
    ['s3://bucket/a//b', /a prefix is names of letters/],
    ['s3://bucket/../b', /a prefix is names of letters/],
  ])('cannot be "%s"', async (location, message) => {
    await expect(open(location)).rejects.toThrow(UsageError);
    await expect(open(location)).rejects.toThrow(message);
  });

  test('cannot be a file', async () => {
    writeFileSync(join(folder, 'file'), '');

    await expect(open(join(folder, 'file'))).rejects.toThrow(/is no folder/);
  });
});
