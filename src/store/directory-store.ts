import { rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { codeOf, messageOf } from '../core/errors';
import { DirectoryWrites } from './directory-writes';
import { filesInOrder } from './list-folder';
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

class DirectoryStore implements StateStore {
  private readonly entries: string;
  private readonly writing: DirectoryWrites;

  constructor(folder: string) {
    this.entries = join(folder, 'entries');
    this.writing = new DirectoryWrites(folder);
  }

  readonly nowMs = (): number => Date.now();

  readonly get = (key: string): Promise<Stored | null> =>
    this.asked('read', key, async () => {
      const found = await readStateFile(this.pathOf(key));
      return found === null ? null : { ...found, answeredMs: Date.now() };
    });

  readonly put = (key: string, body: string, condition: WriteCondition): Promise<Written> =>
    this.asked('written', key, () =>
      this.writing.alone(key, async (beforeLastStep) => {
        const path = this.pathOf(key);
        const current = await readStateFile(path);
        if (condition === 'absent' && current !== null) return { kind: 'conflict' };
        if (typeof condition === 'object' && current === null) return { kind: 'gone' };
        if (typeof condition === 'object' && current?.tag !== condition.tag) return { kind: 'conflict' };
        const draft = this.writing.draftPath();
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
      this.writing.alone(key, async (beforeLastStep) => {
        const path = this.pathOf(key);
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
