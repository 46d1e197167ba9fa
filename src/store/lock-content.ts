import { readFile, stat } from 'node:fs/promises';
import { codeOf } from '../core/errors';
import { type LockOwner, stateOf } from './lock-owner';

/** What stands in a lock file. */
export interface Lock extends LockOwner {
  /** No two locks ever have the same. */
  readonly token: string;
}

/** What a lock guards takes milliseconds; a disk that is slower by far than that is no place for state. */
export const UNKNOWN_OWNER_MS = 60_000;

/** Null when nobody holds it. */
export async function readLock(path: string): Promise<Lock | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Lock;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    if (error instanceof SyntaxError) return UNREADABLE;
    throw error;
  }
}

/** Locks are not flushed to the disk, so a power cut may leave an empty one. */
const UNREADABLE: Lock = { pid: 0, birth: null, namespace: '', token: '' };

async function ageMs(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

/** Whether nobody will ever release it: for certain, or by its age where nothing can tell. */
export async function isAbandoned(lock: Lock, path: string): Promise<boolean> {
  const state = stateOf(lock);
  return state === 'dead' || (state === 'unknown' && (await ageMs(path)) > UNKNOWN_OWNER_MS);
}
