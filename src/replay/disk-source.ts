import type { Dirent, Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseCaptureKey } from '../core/capture-key';
import { messageOf, UsageError } from '../core/errors';
import { diskTag, readDiskFile } from './disk-file';
import { compareKeys, isReadInFolders, type ReplayFile, type ReplaySource } from './replay-source';

/** Capture files on disk. Throws a UsageError for a path that does not exist or is neither a file nor a folder. */
export async function diskSource(path: string): Promise<ReplaySource> {
  const source: Pick<ReplaySource, 'read' | 'close'> = {
    read: (file, signal, eTag = null) => readDiskFile(file.key, eTag, signal),
    close: () => undefined,
  };
  let info: Awaited<ReturnType<typeof stat>>;
  try {
    info = await stat(path);
  } catch (error) {
    throw new UsageError(`${path} cannot be opened: ${messageOf(error)}`, { cause: error });
  }
  if (info.isFile()) return { ...source, files: [fileAt(path, info)], passedOver: [] };
  if (!info.isDirectory()) throw new UsageError(`${path} is neither a file nor a folder`);
  const paths = await walk(path);
  const files: ReplayFile[] = [];
  for (const each of paths.filter(isReadInFolders)) files.push(fileAt(each, await statOf(each)));
  files.sort((a, b) => compareKeys(a.file.key, b.file.key));
  return { ...source, files, passedOver: paths.filter((each) => !isReadInFolders(each)) };
}

/** The path as it was given; made absolute where only that tells endpoint, variant and hour. */
function fileAt(path: string, info: Pick<Stats, 'size' | 'mtimeMs'> | null): ReplayFile {
  const isTold = parseCaptureKey(path) !== null || parseCaptureKey(resolve(path)) === null;
  return {
    file: { bucket: null, key: isTold ? path : resolve(path), versionId: null },
    byteLength: info?.size ?? 0,
    eTag: info === null ? null : diskTag(info),
  };
}

// A file that vanished, or a link to nowhere, is reported when its turn comes to be read.
const statOf = (path: string): Promise<Stats | null> => stat(path).catch(() => null);

async function walk(folder: string): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw new UsageError(`${folder} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  const paths: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) paths.push(...(await walk(path)));
    else if (entry.isFile() || entry.isSymbolicLink()) paths.push(path);
  }
  return paths;
}
