import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestOf } from '../../src/store/digest';
import { UNKNOWN_OWNER_MS } from '../../src/store/lock-content';
import { acquireLock } from '../../src/store/lock-file';
import { type LockOwner, stateOf, thisProcess } from '../../src/store/lock-owner';
import { StoreUnavailable } from '../../src/store/state-store';
import { endOf, startProgram } from './programs/run';

const NAME = 'name';
/** Long for a lock that is free or abandoned, and far below the time after which an unknown owner's is. */
const SHORT_MS = 2_000;

let folder: { locks: string; drafts: string };
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'locks-'));
  folder = { locks: join(root, 'locks'), drafts: join(root, 'drafts') };
  await mkdir(folder.locks);
  await mkdir(folder.drafts);
});
afterEach(() => rm(root, { recursive: true }));

const take = (waitMs = SHORT_MS) => acquireLock(folder, NAME, waitMs);
const leftovers = async () => [...(await readdir(folder.locks)), ...(await readdir(folder.drafts))];

/** A lock that this owner took so long ago. */
async function lockOf(owner: LockOwner, ageMs = 0): Promise<void> {
  await leave(JSON.stringify({ ...owner, token: 'its own' }), ageMs);
}

async function leave(text: string, ageMs: number): Promise<void> {
  const path = join(folder.locks, NAME);
  await writeFile(path, text);
  const time = new Date(Date.now() - ageMs);
  await utimes(path, time, time);
}

async function killedWith(name: string): Promise<void> {
  const child = startProgram('die-with-lock', [folder.locks, folder.drafts, name]);

  expect(await endOf(child)).toBe('SIGKILL');
  expect(existsSync(join(folder.locks, name))).toBe(true);
}

describe('a lock', () => {
  test('is held by one at a time, and leaves nothing behind', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      const lock = await take(20_000);
      inside += 1;
      most = Math.max(most, inside);
      await sleep(2);
      inside -= 1;
      await lock.release();
    };

    await Promise.all(Array.from({ length: 20 }, work));

    expect(most).toBe(1);
    expect(await leftovers()).toEqual([]);
  });

  test('of a process that lives is waited for, then named', async () => {
    const held = await take();

    await expect(take(50)).rejects.toThrow(StoreUnavailable);
    await expect(take(50)).rejects.toThrow(`process ${process.pid} writes it`);
    expect(await held.isHeld()).toBe(true);
  });
});

describe('the lock of a process that was killed', () => {
  test('is taken over at once', async () => {
    await killedWith(NAME);
    const startedMs = performance.now();

    const lock = await take();

    expect(performance.now() - startedMs).toBeLessThan(SHORT_MS);
    await lock.release();
    expect(await leftovers()).toEqual([]);
  });

  test('is taken over by one of many', async () => {
    // A slow heir removes the lock of whoever came next, if it can: so many rounds.
    for (let round = 0; round < 10; round += 1) {
      await lockOf({ ...thisProcess(), birth: 'long ago' });
      let inside = 0;
      const heirs = Array.from({ length: 20 }, async () => {
        const lock = await take(20_000);
        inside += 1;
        expect(inside).toBe(1);
        await sleep(1);
        expect(await lock.isHeld()).toBe(true);
        inside -= 1;
        await lock.release();
      });
      await Promise.all(heirs);
    }

    expect(await leftovers()).toEqual([]);
  });

  test('is taken over when the process that was about to was killed as well', async () => {
    await killedWith(NAME);
    const { token } = JSON.parse(readFileSync(join(folder.locks, NAME), 'utf8')) as { token: string };
    await killedWith(`heir-${digestOf(token)}`);

    const lock = await take();

    await lock.release();
    expect(await leftovers()).toEqual([]);
  });

  test('is known as such when its number was given to another, or nobody asked for its exit code', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(String(line));
    while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))) await sleep(5);
    const birth = readFileSync(`/proc/${pid}/stat`, 'latin1').split(' ')[21] ?? '';

    expect(stateOf(thisProcess())).toBe('alive');
    expect(stateOf({ ...thisProcess(), birth: 'earlier' })).toBe('dead');
    expect(stateOf({ ...thisProcess(), pid, birth })).toBe('dead');
    parent.kill('SIGKILL');
    await endOf(parent);
  });
});

describe('a lock whose owner cannot be looked up', () => {
  const elsewhere = (): LockOwner => ({ ...thisProcess(), namespace: 'pid:[of another container]' });

  test.each([
    ['it ran in another container', () => lockOf(elsewhere(), UNKNOWN_OWNER_MS - 5_000)],
    ['a power cut left it empty', () => leave('', UNKNOWN_OWNER_MS - 5_000)],
  ])('holds for the stated time: %s', async (_why, make) => {
    await make();

    await expect(take(50)).rejects.toThrow(StoreUnavailable);
  });

  test.each([
    ['it ran in another container', () => lockOf(elsewhere(), UNKNOWN_OWNER_MS + 1_000)],
    ['a power cut left it empty', () => leave('', UNKNOWN_OWNER_MS + 1_000)],
    ['a power cut left half of it', () => leave('{"pid":12', UNKNOWN_OWNER_MS + 1_000)],
  ])('is taken over after it: %s', async (_why, make) => {
    await make();

    const lock = await take();

    expect(await lock.isHeld()).toBe(true);
  });

  test('and who was alive nevertheless sees that it is no longer held, and spares the next one', async () => {
    const lock = await take();
    await lockOf(thisProcess());

    expect(await lock.isHeld()).toBe(false);
    await lock.release();

    expect(await readdir(folder.locks)).toEqual([NAME]);
  });
});
