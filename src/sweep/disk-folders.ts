import { readdir, stat } from 'node:fs/promises';
import { codeOf, messageOf } from '../core/errors';
import { SourceFailure } from '../core/source';
import type { FolderReader, ListedFile } from './capture-listing';

/** Folders of captures on a disk, as a copy or an archive has them. */
export function diskFolders(takes: (path: string) => boolean): FolderReader {
  const entriesOf = async (folder: string): Promise<{ path: string; isFolder: boolean }[]> => {
    try {
      const entries = await readdir(folder, { withFileTypes: true });
      return entries
        .map((entry) => ({ path: `${folder}${entry.name}`, isFolder: entry.isDirectory() }))
        .sort((a, b) => (a.path < b.path ? -1 : 1));
    } catch (error) {
      const kind = codeOf(error) === 'EACCES' ? 'denied' : 'unavailable';
      throw new SourceFailure(kind, `${folder} cannot be read: ${messageOf(error)}`, { cause: error });
    }
  };
  const anyKey = async (folder: string): Promise<string | null> => {
    for (const { path, isFolder } of await entriesOf(folder)) {
      const found = isFolder ? await anyKey(`${path}/`) : path;
      if (found !== null) return found;
    }
    return null;
  };
  return {
    list: async function* (folder) {
      const entries = await entriesOf(folder);
      const paths = entries.filter(({ isFolder, path }) => !isFolder && takes(path)).map(({ path }) => path);
      const files = await Promise.all(paths.map(listed));
      yield {
        files: files.filter((file) => file !== null),
        folders: entries.filter(({ isFolder }) => isFolder).map(({ path }) => `${path}/`),
      };
    },
    anyKey,
  };
}

/** Null for a file that vanished meanwhile, and a link to nowhere. */
async function listed(path: string): Promise<ListedFile | null> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { file: { bucket: null, key: path, versionId: null }, eTag: null, sizeBytes: size, modifiedMs: mtimeMs };
  } catch {
    return null;
  }
}
