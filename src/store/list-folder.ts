import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../core/errors';

export interface KeyRange {
  readonly prefix: string;
  /** Keys after this one only. */
  readonly after: string | null;
}

/** Paths of files below `root`, in the order of their bytes, and no more of them read than the caller takes. */
export function filesInOrder(root: string, range: KeyRange): AsyncGenerator<string> {
  return walk(root, '', range);
}

async function* walk(root: string, folder: string, range: KeyRange): AsyncGenerator<string> {
  const entries = await entriesOf(join(root, folder));
  // A folder sorts with its slash: `a.b` and `a-b` come before what lies in `a`. Keys are ASCII, so UTF-16 does as well.
  const names = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
  for (const name of names) {
    const path = folder + name;
    if (!name.endsWith('/')) {
      if (path.startsWith(range.prefix) && (range.after === null || path > range.after)) yield path;
    } else if (mayHold(path, range)) yield* walk(root, path, range);
  }
}

function mayHold(folder: string, { prefix, after }: KeyRange): boolean {
  const hasPrefix = folder.startsWith(prefix) || prefix.startsWith(folder);
  return hasPrefix && (after === null || folder > after || after.startsWith(folder));
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
