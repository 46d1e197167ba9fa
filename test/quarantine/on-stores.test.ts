import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directoryStore } from '../../src/store/directory-store';
import { s3Store } from '../../src/store/s3-store';
import type { StateStore } from '../../src/store/state-store';
import { BUCKET, type RunningServer, startServer } from '../local/s3/running-server';
import { RefusedFile, rows } from './refused-file';

let server: RunningServer;
const folder = mkdtempSync(join(tmpdir(), 'quarantine-'));
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

describe.each<[string, () => StateStore]>([
  ['S3', () => s3Store(server.client, BUCKET)],
  ['a folder', () => directoryStore(folder)],
])('the quarantine in %s', (_, open) => {
  test('is written, added to, cleared of what nobody counted, and emptied', async () => {
    const store = open();
    const file = new RefusedFile(['a', 'b', 'x'.repeat(1 << 20), 'c']);
    const first = file.quarantine({ store });
    for (const line of [1, 2, 4]) {
      first.add(file.rejection(line), null);
      await first.flush();
    }
    expect(await rows(store)).toEqual(['1:', '2:', '4:']);

    const next = file.quarantine({ store, isCounted: (line) => line === 1 });
    next.add(file.rejection(3), null);
    await next.flush();
    expect(await rows(store)).toEqual(['1:', '3:']);

    await file.quarantine({ store }).flush();
    expect(await rows(store)).toEqual([]);
  });
});
