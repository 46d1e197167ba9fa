import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { codeOf, messageOf } from '../core/errors';
import { filesInOrder } from './list-folder';
import { acquireLock, digestOf } from './lock-file';
import { flushFolder, publish, readStateFile, writeDraft } from './state-file';
import { checkStateKey, isStateKey } from './state-key';
import {
  type ListOptions,
  type StatePage,
  type StateStore,
  type Stored,
  StoreUnavailable,
  type WriteCondition,
  type Written,
} from './state-store';

/**
 * State as files below a folder of this machine, for any number of its processes: `entries` holds one file a key,
 * `locks` and `drafts` are empty when nobody writes. Any of them may be killed at any moment: what was there stays whole,
 * and its lock is taken over. The machine's clock is the store's. Not for a folder shared by machines.
 */
export function directoryStore(folder: string): StateStore {
  return new DirectoryStore(resolve(folder));
}

/** A write takes milliseconds, so whoever waits so long waits for something that is stuck. */
const LOCK_WAIT_MS = 10_000;

/** Left by a process that was killed. One that was frozen for so long fails, and repeats. */
const OLD_DRAFT_MS = 86_400_000;

class DirectoryStore implements StateStore {
  private readonly entries: string;
  private readonly locks: string;
  private readonly drafts: string;
  private swept: Promise<void> | null = null;

  constructor(folder: string) {
    this.entries = join(folder, 'entries');
    this.locks = join(folder, 'locks');
    this.drafts = join(folder, 'drafts');
  }

  readonly nowMs = (): number => Date.now();

  readonly get = (key: string): Promise<Stored | null> =>
    this.asked('read', key, async () => {
      const found = await readStateFile(this.pathOf(key));
      return found === null ? null : { ...found, answeredMs: Date.now() };
    });

  readonly put = (key: string, body: string, condition: WriteCondition): Promise<Written> =>
    this.asked('written', key, () =>
      this.locked(key, async (path, beforeLastStep) => {
        const current = await readStateFile(path);
        if (condition === 'absent' && current !== null) return { kind: 'conflict' };
        if (typeof condition === 'object' && current === null) return { kind: 'gone' };
        if (typeof condition === 'object' && current?.tag !== condition.tag) return { kind: 'conflict' };
        const draft = join(this.drafts, randomUUID());
        try {
          const tag = await writeDraft(draft, body);
          await beforeLastStep();
          const isPublished = await publish(draft, path, condition === 'absent');
          return isPublished ? { kind: 'written', tag } : { kind: 'conflict' };
        } finally {
          await rm(draft, { force: true });
        }
      }),
    );

  readonly list = (prefix: string, { after = null, max = 1_000 }: ListOptions = {}): Promise<StatePage> =>
    this.asked('listed', prefix, async () => {
      const entries: { key: string; modifiedMs: number }[] = [];
      for await (const key of filesInOrder(this.entries, { prefix, after })) {
        if (!isStateKey(key)) continue;
        const found = await stat(join(this.entries, key)).catch(absentAsNull);
        if (found === null) continue;
        if (entries.length >= max) return { entries, hasMore: true };
        entries.push({ key, modifiedMs: Math.floor(found.mtimeMs) });
      }
      return { entries, hasMore: false };
    });

  readonly remove = (key: string, condition?: { readonly tag: string }): Promise<'removed' | 'changed'> =>
    this.asked('removed', key, () =>
      this.locked(key, async (path, beforeLastStep) => {
        const current = await readStateFile(path);
        if (current === null) return 'removed';
        if (condition !== undefined && current.tag !== condition.tag) return 'changed';
        await beforeLastStep();
        await rm(path);
        await flushFolder(dirname(path));
        return 'removed';
      }),
    );

  private pathOf(key: string): string {
    checkStateKey(key);
    return join(this.entries, key);
  }

  private async locked<T>(key: string, work: (path: string, beforeLastStep: () => Promise<void>) => Promise<T>) {
    const path = this.pathOf(key);
    for (const folder of [this.locks, this.drafts]) await mkdir(folder, { recursive: true });
    await (this.swept ??= this.sweep());
    const lock = await acquireLock({ locks: this.locks, drafts: this.drafts }, digestOf(key), LOCK_WAIT_MS);
    const beforeLastStep = async (): Promise<void> => {
      if (!(await lock.isHeld())) throw new StoreUnavailable(`its lock was taken over by another process`);
    };
    try {
      return await work(path, beforeLastStep);
    } finally {
      await lock.release();
    }
  }

  private async sweep(): Promise<void> {
    for (const name of await readdir(this.drafts)) {
      const draft = join(this.drafts, name);
      const found = await stat(draft).catch(absentAsNull);
      if (found !== null && Date.now() - found.mtimeMs > OLD_DRAFT_MS) await rm(draft, { force: true });
    }
  }

  private async asked<T>(action: string, key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof RangeError) throw error;
      throw new StoreUnavailable(`state ${join(this.entries, key)} could not be ${action}: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }
}

function absentAsNull(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null;
  throw error;
}
