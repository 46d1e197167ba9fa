import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from './digest';
import { acquireLock } from './lock-file';
import { StoreUnavailable } from './state-store';

/** A write takes milliseconds, so whoever waits so long waits for something that is stuck. */
const LOCK_WAIT_MS = 10_000;

/** Left by a process that was killed. One that was frozen for so long fails, and repeats. */
const OLD_DRAFT_MS = 86_400_000;

/** Writes to one folder, one at a time for each key, in this process and in all others. */
export class DirectoryWrites {
  private readonly locks: string;
  private readonly drafts: string;
  private swept: Promise<void> | null = null;

  constructor(folder: string) {
    this.locks = join(folder, 'locks');
    this.drafts = join(folder, 'drafts');
  }

  /** Of a new file, on the same file system as its place. */
  draftPath(): string {
    return join(this.drafts, randomUUID());
  }

  /** `work` calls `beforeLastStep` when all is ready: it throws when another process took this one for dead. */
  async alone<T>(key: string, work: (beforeLastStep: () => Promise<void>) => Promise<T>): Promise<T> {
    for (const folder of [this.locks, this.drafts]) await mkdir(folder, { recursive: true });
    // Housekeeping: its failure is no reason not to write.
    await (this.swept ??= this.sweep().catch(() => undefined));
    const lock = await acquireLock({ locks: this.locks, drafts: this.drafts }, digestOf(key), LOCK_WAIT_MS);
    const beforeLastStep = async (): Promise<void> => {
      if (!(await lock.isHeld())) throw new StoreUnavailable('its lock was taken over by another process');
    };
    try {
      return await work(beforeLastStep);
    } finally {
      await lock.release();
    }
  }

  private async sweep(): Promise<void> {
    for (const name of await readdir(this.drafts)) {
      const draft = join(this.drafts, name);
      // Gone meanwhile: another process swept it, or it found its place.
      const found = await stat(draft).catch(() => null);
      if (found !== null && Date.now() - found.mtimeMs > OLD_DRAFT_MS) await rm(draft, { force: true });
    }
  }
}
