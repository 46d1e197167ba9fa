import { createReadStream, type Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { codeOf, messageOf, UsageError } from '../core/errors';
import type { CaptureFile } from '../core/types';

/** What a person names on the command line: a file, a folder of them, or an address in S3. */
export interface CaptureInput {
  readonly file: CaptureFile;
  readonly bytes: () => AsyncIterable<Uint8Array>;
  readonly byteLength: number | null;
}

export interface S3Options {
  readonly profile?: string;
  readonly region?: string;
  readonly endpointUrl?: string;
}

// What Data Capture, batch transform and Model Monitor write; anything else in a folder is passed over, and counted.
const READ_IN_FOLDERS = /\.(?:jsonl|ndjson|json|out)$/i;

export interface Found {
  readonly inputs: readonly CaptureInput[];
  /** Files of a folder that were passed over because of their name. */
  readonly passedOver: readonly string[];
}

/** Throws a UsageError for a path that does not exist or holds no file to read. */
export async function findCaptures(path: string, options: S3Options): Promise<Found> {
  const found = path.startsWith('s3://') ? await findInS3(path, options) : await findOnDisk(path);
  if (found.inputs.length > 0) return found;
  const why =
    found.passedOver.length > 0
      ? ` (${found.passedOver.length} file(s) with other endings, such as ${found.passedOver[0]})`
      : '';
  throw new UsageError(`${path} holds no capture file${why}; capture files end in .jsonl`);
}

async function findOnDisk(path: string): Promise<Found> {
  let info: Awaited<ReturnType<typeof stat>>;
  try {
    info = await stat(path);
  } catch (error) {
    throw new UsageError(
      codeOf(error) === 'ENOENT' ? `${path} does not exist` : `${path} cannot be opened: ${messageOf(error)}`,
      { cause: error },
    );
  }
  if (info.isFile()) return { inputs: [localInput(path, info.size)], passedOver: [] };
  if (!info.isDirectory()) throw new UsageError(`${path} is neither a file nor a folder`);
  const inputs: CaptureInput[] = [];
  const passedOver: string[] = [];
  for (const each of await walk(path)) {
    if (READ_IN_FOLDERS.test(each)) inputs.push(localInput(each, await sizeOf(each)));
    else passedOver.push(each);
  }
  return { inputs, passedOver };
}

async function walk(folder: string): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw new UsageError(`${folder} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  const paths: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) paths.push(...(await walk(path)));
    else if (entry.isFile() || entry.isSymbolicLink()) paths.push(path);
  }
  return paths;
}

/** Null for a link that leads nowhere: reading it will say so, and the rest of the folder is read. */
async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch {
    return null;
  }
}

function localInput(path: string, byteLength: number | null): CaptureInput {
  return {
    file: { bucket: null, key: path, versionId: null },
    bytes: () => createReadStream(path, { highWaterMark: 256 << 10 }),
    byteLength,
  };
}

async function findInS3(address: string, options: S3Options): Promise<Found> {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(address) ?? [];
  if (bucket === '') throw new UsageError(`${address} names no bucket; write s3://bucket/prefix`);
  const { S3Client, paginateListObjectsV2 } = await import('@aws-sdk/client-s3');
  const { readS3Object } = await import('../aws/s3-source');
  if (options.profile !== undefined) process.env.AWS_PROFILE = options.profile;
  const settings: S3ClientConfig = {
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(options.endpointUrl === undefined ? {} : { endpoint: options.endpointUrl, forcePathStyle: true }),
  };
  const client = new S3Client(settings);
  const inputs: CaptureInput[] = [];
  const passedOver: string[] = [];
  try {
    for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
      for (const { Key: key, Size: size, ETag: eTag } of page.Contents ?? []) {
        if (key === undefined) continue;
        if (key !== prefix && !READ_IN_FOLDERS.test(key)) {
          passedOver.push(key);
          continue;
        }
        const file: CaptureFile = { bucket, key, versionId: null };
        const bytes = (): AsyncIterable<Uint8Array> =>
          readS3Object(client, { file, eTag: eTag?.replaceAll('"', '') ?? null }, new AbortController().signal);
        inputs.push({ file, bytes, byteLength: size ?? null });
      }
    }
  } catch (error) {
    throw new UsageError(
      `${address} cannot be listed: ${messageOf(error)}; check --profile, --region and s3:ListBucket on the bucket`,
      { cause: error },
    );
  }
  return { inputs, passedOver };
}
