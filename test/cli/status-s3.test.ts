import { writeFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { ledgerKey, writeEntry } from '../../src/ledger/entry';
import { s3Store } from '../../src/store/s3-store';
import { ensureStart } from '../../src/sweep/start-marker';
import { BUCKET, CREDENTIALS, type RunningServer, startServer } from '../local/s3/running-server';
import { keyIn, MODEL, StateFolder } from './state-folder';

/** `status` as a person runs it, with state and captures in buckets. */
const HOUR = '2026-09-01-14';

describe('capture-relay status on S3', () => {
  let nowMs = Date.UTC(2026, 8, 1, 14, 5);
  let s3: RunningServer;
  let world: StateFolder;
  beforeAll(async () => {
    world = new StateFolder(['arthur']);
    const text = `model: ${MODEL}\ncapture: { bucket: ${BUCKET}, prefix: captures/ }\nsinks: [{ type: file, name: arthur, path: /tmp/out }]\n`;
    writeFileSync(world.config, text);
    s3 = await startServer({ now: () => new Date(nowMs) });
    s3.server.createBucket('state');
    const store = s3Store(s3.client, 'state', 'relay/');
    await ensureStart(store, MODEL, 'arthur');
    for (const name of ['delivered', 'lost']) {
      const Key = `captures/${keyIn(HOUR, name)}`;
      const { ETag = '' } = await s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: name }));
      if (name === 'lost') continue;
      const content = { versionId: null, eTag: ETag.replaceAll('"', ''), sequencer: null };
      const entry = await world.entry('', { bucket: BUCKET, key: Key, content });
      await store.put(ledgerKey(MODEL, 'arthur', entry), writeEntry(entry), 'any');
    }
    nowMs += 3_600_000;
  });
  afterAll(async () => {
    world.remove();
    await s3.stop();
  });

  test('finds the missing file, and ends', async () => {
    const args = [
      'status',
      '--config',
      world.config,
      '--state',
      's3://state/relay',
      '--captures',
      `s3://${BUCKET}/captures`,
    ];
    const window = ['--from', '2026-09-01', '--to', '2026-09-02'];
    const access = ['--endpoint-url', s3.server.url, '--region', 'us-east-1'];
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    };
    const bin = join(__dirname, '../../bin/capture-relay');
    const { stdout, code } = await new Promise<{ stdout: string; code: unknown }>((resolve) => {
      execFile(process.execPath, [bin, ...args, ...window, ...access], { env, timeout: 60_000 }, (error, out, err) =>
        resolve({ stdout: out + err, code: error?.code ?? 0 }),
      );
    });

    expect(stdout).toContain(`missing: 1 file that no run has begun:\n  captures/${keyIn(HOUR, 'lost')}`);
    expect(stdout).toMatch(/│ 2026-09-01 14h │ +10 │ +7 │ +2 │ +1 │ +1 │ +1 │ +1 │ +1 │ +0 │ +0 │ +0 │ +1 │/);
    expect(code).toBe(1);
  });
});
