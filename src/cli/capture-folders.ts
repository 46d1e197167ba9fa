import { stat } from 'node:fs/promises';
import { messageOf, UsageError } from '../core/errors';
import { CaptureTree } from '../sweep/capture-tree';
import { diskFolders } from '../sweep/disk-folders';
import type { S3Options } from './capture-paths';
import { s3ClientFor } from './open-state';

/** Captures by hour, below `s3://bucket/prefix` or in a folder. */
export interface CaptureFolders {
  readonly tree: CaptureTree;
  /** Ends with `/`; keys below it are what an S3 listing or a copy on disk has below the capture prefix. */
  readonly root: string;
}

/** Throws a UsageError for a place that is none; listing it throws a SourceFailure. */
export async function openCaptures(
  path: string,
  options: S3Options,
  takes: (key: string) => boolean,
): Promise<CaptureFolders> {
  if (!path.startsWith('s3://')) {
    await checkFolder(path);
    const root = `${path.replace(/\/+$/, '')}/`;
    return { tree: new CaptureTree(diskFolders(takes), root), root };
  }
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(path) ?? [];
  if (bucket === '') throw new UsageError(`${path} names no bucket; write s3://bucket/prefix`);
  // The AWS client takes half a second to load.
  const [client, { s3Folders }] = await Promise.all([s3ClientFor(options), import('../sweep/s3-folders')]);
  const root = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  return { tree: new CaptureTree(s3Folders(client, bucket, takes), root), root };
}

async function checkFolder(path: string): Promise<void> {
  try {
    if ((await stat(path)).isDirectory()) return;
  } catch (error) {
    throw new UsageError(`${path} cannot be opened: ${messageOf(error)}`, { cause: error });
  }
  throw new UsageError(`${path} is no folder`);
}
