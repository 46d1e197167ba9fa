import { randomUUID } from 'node:crypto';
import { link, mkdir, open, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../core/errors';
import { digestOf } from './digest';

/** One body as one file: a line that is new with every write, so that equal bodies differ in their tags, then the body. */
export interface StateFile {
  readonly body: string;
  readonly tag: string;
  readonly modifiedMs: number;
}

const MARK = /^[0-9a-f-]{36}\n/;
const MARK_CHARACTERS = 37;

/** Null when there is none. Files are only ever replaced, so what is read is whole, and one version of it. */
export async function readStateFile(path: string): Promise<StateFile | null> {
  try {
    await using file = await open(path);
    const { mtimeMs } = await file.stat();
    const text = await file.readFile('utf8');
    // Without its mark it is damaged, or another's: as on S3, whoever asked for it judges what stands there. Were it an
    // error of the store, one such file would hold up all others.
    const body = MARK.test(text) ? text.slice(MARK_CHARACTERS) : text;
    return { body, tag: digestOf(text), modifiedMs: Math.floor(mtimeMs) };
  } catch (error) {
    // A folder of that name, or a file in place of its folder: no such key.
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error) ?? '')) return null;
    throw error;
  }
}

/** Writes a file that appears later, flushed to the disk; answers its tag. */
export async function writeDraft(path: string, body: string): Promise<string> {
  const text = `${randomUUID()}\n${body}`;
  await using file = await open(path, 'wx');
  await file.writeFile(text);
  await file.sync();
  return digestOf(text);
}

/**
 * Puts a draft in its place at one stroke. `isNew`: only where nothing stands; false when something does. Throws a
 * RangeError where a key is another one's folder, which is a bug of whoever made the keys.
 */
export async function publish(draft: string, path: string, isNew: boolean): Promise<boolean> {
  try {
    await makeFolder(dirname(path));
    await (isNew ? link(draft, path) : rename(draft, path));
  } catch (error) {
    const code = codeOf(error) ?? '';
    if (isNew && code === 'EEXIST' && (await isFile(path))) return false;
    if (['EEXIST', 'EISDIR', 'ENOTDIR', 'ENOTEMPTY'].includes(code))
      throw new RangeError(`${path} is a folder of other keys, or has another key for its folder`, { cause: error });
    throw error;
  }
  await flushFolder(dirname(path));
  return true;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() === true;
}

/** Flushed up to the first folder that was there: else a power cut could take the new ones, and what lies in them. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await flushFolder(dirname(made));
}

/** A rename is on the disk once its folder is. */
export async function flushFolder(path: string): Promise<void> {
  await using folder = await open(path);
  await folder.sync();
}
