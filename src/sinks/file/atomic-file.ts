import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file that appears whole or not at all: written beside its place, flushed, then renamed into it. */
export class AtomicFile {
  bytes = 0;

  private constructor(
    private readonly path: string,
    private readonly temporary: string,
    private readonly handle: FileHandle,
  ) {}

  static async create(path: string): Promise<AtomicFile> {
    await mkdir(dirname(path), { recursive: true });
    const temporary = `${path}.${randomUUID()}.part`;
    return new AtomicFile(path, temporary, await open(temporary, 'wx', 0o640));
  }

  async write(text: string): Promise<void> {
    const data = Buffer.from(text);
    // At a position of our own: after a write that failed half-way (disk full), the next try overwrites the torn piece.
    let written = 0;
    while (written < data.length) {
      const { bytesWritten } = await this.handle.write(data, written, data.length - written, this.bytes + written);
      written += bytesWritten;
    }
    this.bytes += data.length;
  }

  async commit(): Promise<void> {
    await this.handle.truncate(this.bytes);
    await this.handle.sync();
    await this.handle.close();
    await rename(this.temporary, this.path);
  }

  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(this.temporary, { force: true });
  }
}
