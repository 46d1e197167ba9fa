import { existsSync } from 'node:fs';
import fs, { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directoryStore } from '../../src/store/directory-store';
import { digestOf } from '../../src/store/digest';
import { thisProcess } from '../../src/store/lock-owner';
import { type StateStore, StoreUnavailable } from '../../src/store/state-store';

let root: string;
let store: StateStore;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'state-'));
  store = directoryStore(root);
});
afterEach(() => rm(root, { recursive: true }));

const keysOf = async () => (await store.list('')).entries.map(({ key }) => key);

describe('a state store in a directory', () => {
  test('changes the tag with every write, of the same body too', async () => {
    const first = await store.put('a', '1', 'absent');
    const tag = first.kind === 'written' ? first.tag : '';

    expect(await store.put('a', '1', { tag })).toMatchObject({ kind: 'written' });
    expect(await store.put('a', '1', { tag })).toEqual({ kind: 'conflict' });
  });

  test('is one store for all that open it', async () => {
    await store.put('a/b', '1', 'any');

    expect(await directoryStore(root).get('a/b')).toEqual({
      ...(await store.get('a/b')),
      answeredMs: expect.any(Number),
    });
    expect(await directoryStore(root).put('a/b', '2', 'absent')).toEqual({ kind: 'conflict' });
  });

  test('holds files whose second line on is the body', async () => {
    await store.put('a/b', '{"x":1}', 'any');

    expect((await readdir(root)).sort()).toEqual(['drafts', 'entries', 'locks']);
    expect(await readdir(join(root, 'locks'))).toEqual([]);
    expect(await readdir(join(root, 'drafts'))).toEqual([]);
    expect((await stat(join(root, 'entries/a/b'))).size).toBe(37 + 7);
  });

  test('lists no locks, no drafts, and no names that are no keys', async () => {
    await store.put('a', '1', 'any');
    for (const path of ['locks/x', 'drafts/x', 'entries/a copy']) await writeFile(join(root, path), 'x');

    expect(await keysOf()).toEqual(['a']);
  });

  test('writes nothing when its lock was taken over', async () => {
    await store.put('a', '1', 'any');
    const lock = join(root, 'locks', digestOf('a'));
    const large = store.put('a', 'x'.repeat(30_000_000), 'any');
    while (!existsSync(lock)) await new Promise(setImmediate);
    await writeFile(lock, JSON.stringify({ ...thisProcess(), token: 'an heir' }));

    await expect(large).rejects.toThrow('could not be written: its lock was taken over');
    expect((await store.get('a'))?.body).toBe('1');
  });

  test('removes drafts that a killed process left a day ago', async () => {
    await mkdir(join(root, 'drafts'));
    for (const name of ['old', 'new']) await writeFile(join(root, 'drafts', name), 'x');
    await utimes(join(root, 'drafts/old'), new Date(), new Date(Date.now() - 90_000_000));

    await store.put('a', '1', 'any');

    expect(await readdir(join(root, 'drafts'))).toEqual(['new']);
  });
});

describe('a directory that is not as it should be', () => {
  test.each([
    ['a file in its place', () => join(root, 'file')],
    ['a device in its way', () => '/dev/null/state'],
  ])('is said to be unavailable, with the place and the reason: %s', async (_what, folder) => {
    await writeFile(join(root, 'file'), 'x');
    const broken = directoryStore(folder());

    const written = broken.put('a', 'the body', 'any');

    await expect(written).rejects.toThrow(StoreUnavailable);
    await expect(written).rejects.toThrow(/^state .*\/entries\/a could not be written: E[A-Z]+/);
    await expect(written).rejects.not.toThrow('the body');
  });

  test('is unavailable when the disk is full, and what was there stays', async () => {
    await store.put('a', '1', 'any');
    const { open } = fs;
    const opened = jest.spyOn(fs, 'open').mockImplementation(async (path, flags) => {
      const file = await open(path, flags);
      if (flags === 'wx')
        file.sync = () => Promise.reject(Object.assign(new Error('ENOSPC: full'), { code: 'ENOSPC' }));
      return file;
    });

    await expect(store.put('a', '2', 'any')).rejects.toThrow(/^state .*entries\/a could not be written: ENOSPC/);
    opened.mockRestore();

    expect((await store.get('a'))?.body).toBe('1');
    expect(await readdir(join(root, 'drafts'))).toEqual([]);
    expect(await store.put('a', '2', 'any')).toMatchObject({ kind: 'written' });
  });

  test.each(['{"half":', '', '0d1f'])('gives out what another program wrote as it stands: %p', async (text) => {
    const { tag = '' } = (await store.put('a', '1', 'any')) as { tag?: string };
    await writeFile(join(root, 'entries/a'), text);
    const stored = await store.get('a');

    expect(stored?.body).toBe(text);
    expect(await store.put('a', '2', { tag })).toEqual({ kind: 'conflict' });
    expect(await store.put('a', '2', { tag: stored?.tag ?? '' })).toMatchObject({ kind: 'written' });
    expect((await store.get('a'))?.body).toBe('2');
  });

  test('holds no key that is another one’s folder: a bug', async () => {
    await store.put('a/b', '1', 'any');

    for (const condition of ['any', 'absent'] as const) {
      await expect(store.put('a', '1', condition)).rejects.toThrow(RangeError);
      await expect(store.put('a/b/c', '1', condition)).rejects.toThrow(RangeError);
    }
    expect(await keysOf()).toEqual(['a/b']);
  });
});
