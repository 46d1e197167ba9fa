import { createReadStream, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { messageOf, UsageError } from '../core/errors';
import type { FolderReader, ListedFile } from '../sweep/capture-listing';
import { CaptureTree } from '../sweep/capture-tree';
import { diskFolders } from '../sweep/disk-folders';
import type { S3Options } from './capture-paths';
import { s3ClientFor } from './open-state';

/** Captures by hour, below `s3://bucket/prefix`, in a folder, or a single file on a disk. */
export interface CaptureFolders {
  readonly tree: CaptureTree;
  /** Empty, or ends with `/`: what stands behind it in a key is what a copy has below its folder. */
  readonly root: string;
  /** The bytes of a listed file. Iterating throws what a disk throws, or a SourceFailure. */
  readonly read: (listed: ListedFile) => AsyncIterable<Uint8Array>;
}

/** Throws a UsageError for a place that is none; listing it throws a SourceFailure. */
export async function openCaptures(
  path: string,
  options: S3Options,
  takes: (key: string) => boolean,
): Promise<CaptureFolders> {
  if (path.startsWith('s3://')) return openBucket(path, options, takes);
  const info = await statOf(path);
  const isFile = info.isFile();
  if (!isFile && !info.isDirectory()) throw new UsageError(`${path} is neither a file nor a folder`);
  const root = isFile ? '' : `${path.replace(/\/+$/, '')}/`;
  const reader = isFile ? oneFile(path, info) : diskFolders(takes);
  const read = ({ file }: ListedFile): AsyncIterable<Uint8Array> =>
    createReadStream(file.key, { highWaterMark: 256 << 10 });
  return { tree: new CaptureTree(reader, root), root, read };
}

async function openBucket(path: string, options: S3Options, takes: (key: string) => boolean): Promise<CaptureFolders> {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(path) ?? [];
  if (bucket === '') throw new UsageError(`${path} names no bucket; write s3://bucket/prefix`);
  // The AWS client takes half a second to load.
  const [client, { s3Folders }, { readS3Object }] = await Promise.all([
    s3ClientFor(options),
    import('../sweep/s3-folders'),
    import('../aws/s3-source'),
  ]);
  const root = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  const read = ({ file, eTag }: ListedFile): AsyncIterable<Uint8Array> =>
    readS3Object(client, { file, eTag }, new AbortController().signal);
  return { tree: new CaptureTree(s3Folders(client, bucket, takes), root), root, read };
}

async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw new UsageError(`${path} cannot be opened: ${messageOf(error)}`, { cause: error });
  }
}

/** Whatever its name is: a person named it. */
function oneFile(path: string, { size, mtimeMs }: Stats): FolderReader {
  const file = { bucket: null, key: path, versionId: null };
  return {
    list: async function* () {
      yield { files: [{ file, eTag: null, sizeBytes: size, modifiedMs: mtimeMs }], folders: [] };
    },
    anyKey: () => Promise.resolve(null),
  };
}
