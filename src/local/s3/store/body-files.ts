/**
 * Object bodies on disk. A body file has a random name, so any key is safe on any file system, and never changes once it
 * is written, so copies are hard links and a reader that has it open outlives a delete.
 */
import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, openSync, readdirSync, rmSync, unlinkSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';

export interface NewBody {
  readonly bodyId: string;
  readonly handle: FileHandle;
}

export class BodyFiles {
  private readonly directory: string;

  /** `directory` is created when it is missing. */
  constructor(directory: string) {
    this.directory = join(directory, 'bodies');
    mkdirSync(this.directory, { recursive: true });
  }

  /** Opens a new, empty body for writing. The caller closes it, and removes it when nothing will refer to it. */
  async create(): Promise<NewBody> {
    const bodyId = randomUUID();
    return { bodyId, handle: await open(this.path(bodyId), 'wx') };
  }

  /** Opens for reading, at once: between looking a version up and opening its body nothing may run. */
  openSync(bodyId: string): number {
    return openSync(this.path(bodyId), 'r');
  }

  /** A second name for the same bytes; returns its id. */
  linkSync(bodyId: string): string {
    const copy = randomUUID();
    linkSync(this.path(bodyId), this.path(copy));
    return copy;
  }

  remove(bodyId: string): void {
    unlinkSync(this.path(bodyId));
  }

  /** Deletes what no version refers to: uploads that a kill interrupted. */
  removeAllBut(kept: ReadonlySet<string>): void {
    for (const name of readdirSync(this.directory)) {
      if (!kept.has(name)) rmSync(join(this.directory, name), { force: true });
    }
  }

  private path(bodyId: string): string {
    return join(this.directory, bodyId);
  }
}
