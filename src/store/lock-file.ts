import { randomUUID } from 'node:crypto';
import { link, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../core/errors';
import { digestOf } from './digest';
import { isAbandoned, type Lock, readLock } from './lock-content';
import { thisProcess } from './lock-owner';
import { StoreUnavailable } from './state-store';

/**
 * Locks between processes of one machine, as files that name their owner. A lock whose owner was killed is taken over
 * at once; one whose owner cannot be looked up (it ran in another container) after `UNKNOWN_OWNER_MS`.
 */
export interface LockFolder {
  readonly locks: string;
  /** On the same file system: a lock is written here, and appears whole. */
  readonly drafts: string;
}

export interface HeldLock {
  /** False when an heir took us for dead. To be asked before the last step of what the lock guards. */
  readonly isHeld: () => Promise<boolean>;
  readonly release: () => Promise<void>;
}

const MAX_PAUSE_MS = 20;

/** Waits for the lock `name`, which holds across calls of this process as well; throws StoreUnavailable in the end. */
export async function acquireLock(folder: LockFolder, name: string, waitMs: number): Promise<HeldLock> {
  const path = join(folder.locks, name);
  const lock: Lock = { ...thisProcess(), token: randomUUID() };
  const draft = join(folder.drafts, lock.token);
  const giveUpAtMs = performance.now() + waitMs;
  await writeFile(draft, JSON.stringify(lock), { flag: 'wx' });
  try {
    for (let attempt = 1; !(await isLinked(draft, path)); attempt += 1) {
      const other = await readLock(path);
      if (other === null) continue;
      if (await isAbandoned(other, path)) await bury(folder, path, other, giveUpAtMs);
      else if (performance.now() < giveUpAtMs) await sleep(Math.random() * Math.min(MAX_PAUSE_MS, attempt));
      else throw new StoreUnavailable(stuck(other, path, waitMs));
    }
  } finally {
    await rm(draft, { force: true });
  }
  const isHeld = async (): Promise<boolean> => (await readLock(path))?.token === lock.token;
  return {
    isHeld,
    release: async () => {
      if (await isHeld()) await rm(path, { force: true });
    },
  };
}

/**
 * Removes the lock of a dead owner. Only one heir may: another that also found it dead, and is slower, would remove the
 * lock of whoever came next. So heirs take a lock in the dead one's name first, and look again under it: now nobody else
 * can remove what is there, and if it is still that very lock, it stays so. An heir that is killed has heirs in turn.
 */
async function bury(folder: LockFolder, path: string, dead: Lock, giveUpAtMs: number): Promise<void> {
  const right = await acquireLock(folder, `heir-${digestOf(dead.token)}`, giveUpAtMs - performance.now());
  try {
    if ((await readLock(path))?.token === dead.token) await rm(path, { force: true });
  } finally {
    await right.release();
  }
}

function stuck({ pid }: Lock, path: string, waitMs: number): string {
  const left = `if it is no process of this program, delete ${path}`;
  return `process ${pid} writes it at this moment, and has done so for more than ${Math.round(waitMs)} ms (${left})`;
}

/** A link, because it appears with its content: a lock that is made and then written can be left empty by a kill. */
async function isLinked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}
