import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directoryStore } from '../../src/store/directory-store';
import { s3Store } from '../../src/store/s3-store';
import type { StateStore } from '../../src/store/state-store';
import { BUCKET, startServer } from '../local/s3/running-server';
import { STORE_CONTRACT } from './store-contract';
import { STORE_RACES } from './store-races';

interface Opened {
  readonly store: StateStore;
  readonly close: () => Promise<void>;
}

const onS3 =
  (versioning: boolean, prefix = '') =>
  async (): Promise<Opened> => {
    const running = await startServer({ versioning });
    return { store: s3Store(running.client, BUCKET, prefix), close: () => running.stop() };
  };

async function onDirectory(): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), 'state-'));
  return { store: directoryStore(folder), close: () => rm(folder, { recursive: true }) };
}

describe.each([
  ['S3', onS3(false)],
  ['S3 with versions, below a prefix', onS3(true, 'state/v1/')],
  ['a directory', onDirectory],
])('in a state store on %s', (_name, open) => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());

  test.each([...STORE_CONTRACT, ...STORE_RACES].map((each, at) => ({ ...each, own: `e${at}/` })))(
    '$name',
    async ({ expected, observe, own }) => {
      expect(await observe(opened.store, own)).toEqual(expected);
    },
  );

  test('a key that is no plain path is refused as a bug', async () => {
    for (const key of ['', '/a', 'a/', 'a//b', '..', 'a/../b', 'a/./b', 'a b', 'é', 'a\0', 'x'.repeat(256)]) {
      await expect(opened.store.get(key)).rejects.toThrow(RangeError);
      await expect(opened.store.put(key, '1', 'any')).rejects.toThrow(RangeError);
      await expect(opened.store.remove(key)).rejects.toThrow(RangeError);
    }
  });
});
