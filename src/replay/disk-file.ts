import { type FileHandle, open } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { codeOf, messageOf } from '../core/errors';
import { SourceFailure, type SourceProblemKind } from '../core/source';

/** A disk keeps no ETag: size and time of the last change do the same. */
export const diskTag = ({ size, mtimeMs }: Pick<Stats, 'size' | 'mtimeMs'>): string => `${size}-${Math.floor(mtimeMs)}`;

const CHUNK_BYTES = 256 << 10;

/**
 * The bytes of a file on this disk, as they were when `eTag` was taken; null: whatever they are. Throws a SourceFailure,
 * `superseded` when the file was changed since or while it was read: two contents must never pass for one.
 */
export async function* readDiskFile(
  path: string,
  eTag: string | null,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(path);
    await assertSame(handle, path, eTag);
    const options = { highWaterMark: CHUNK_BYTES, autoClose: false, ...(signal === undefined ? {} : { signal }) };
    yield* handle.createReadStream(options) as AsyncIterable<Buffer>;
    await assertSame(handle, path, eTag);
  } catch (error) {
    if (error instanceof SourceFailure) throw error;
    const kind = KINDS[codeOf(error) ?? ''] ?? 'unavailable';
    throw new SourceFailure(kind, `${path} cannot be read: ${messageOf(error)}`, { cause: error });
  } finally {
    await handle?.close();
  }
}

async function assertSame(handle: FileHandle, path: string, eTag: string | null): Promise<void> {
  if (eTag !== null && diskTag(await handle.stat()) !== eTag)
    throw new SourceFailure('superseded', `${path} was changed since it was listed`);
}

const KINDS: Readonly<Record<string, SourceProblemKind>> = { ENOENT: 'gone', EACCES: 'denied', EPERM: 'denied' };
