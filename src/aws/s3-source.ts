import { GetObjectCommand, type GetObjectCommandOutput, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { fileName } from '../core/capture-key';
import type { StoredBytes } from '../core/pass-through';
import { SourceFailure } from '../core/source';
import type { CaptureFile } from '../core/types';
import { readFailure, statusOf } from './read-failure';

/**
 * The bytes of one object, as it was when S3 told of it: by version id, else by ETag. A connection that breaks half-way
 * is resumed at the byte where it broke, on the same content; a body that ends early is noticed by its length.
 */
export interface S3Object {
  readonly file: CaptureFile;
  readonly eTag: string | null;
}

/** Cuts at one and the same byte. */
const MAX_RESUMES = 4;

export function readS3Object(client: S3Client, object: S3Object, signal: AbortSignal, fromByte = 0): StoredBytes {
  let contentType: string | null = null;
  const pieces = readPieces(client, object, signal, fromByte, (type) => void (contentType = type));
  return {
    get contentType() {
      return contentType;
    },
    [Symbol.asyncIterator]: () => pieces,
  };
}

async function* readPieces(
  client: S3Client,
  object: S3Object,
  signal: AbortSignal,
  fromByte: number,
  onContentType: (type: string | null) => void,
): AsyncGenerator<Uint8Array> {
  let position = fromByte;
  let eTag = object.eTag;
  let file = object.file;
  for (let resumes = 0, reached = fromByte; ; resumes += 1) {
    // A connection that brought bytes was worth it; only cuts in one place count.
    if (position > reached) resumes = 0;
    reached = position;
    const opened = await open(client, { file, eTag }, position, signal);
    if (opened === 'at-end') return;
    file = opened.file;
    onContentType(opened.answer.ContentType ?? null);
    // From the second request on, the content must be the one the first request began.
    eTag = opened.answer.ETag?.replaceAll('"', '') ?? eTag;
    const expected = position + (opened.answer.ContentLength ?? 0);
    try {
      for await (const chunk of (opened.answer.Body ?? []) as AsyncIterable<Uint8Array>) {
        position += chunk.byteLength;
        yield chunk;
      }
      if (position >= expected) return;
    } catch (error) {
      if (signal.aborted || resumes >= MAX_RESUMES) throw readFailure(error, file);
    }
    if (resumes >= MAX_RESUMES)
      throw new SourceFailure(
        'unavailable',
        `${fileName(file)} ended after ${position} of ${expected} bytes, ${resumes + 1} times`,
      );
  }
}

/** A line of 32 MiB takes a second; and it must never hold a run that ends. */
const RANGE_TIMEOUT_MS = 3_000;

/** Deleted, overwritten, shorter than it was. */
const GONE: ReadonlySet<number> = new Set([404, 412, 416]);

/** A piece of an object, as it was when S3 told of it; null when it cannot be had any more. Throws SourceFailure for what may pass. */
export async function readS3Range(
  client: S3Client,
  { file, eTag }: S3Object,
  byteOffset: number,
  byteLength: number,
): Promise<Buffer | null> {
  const which = whichContent(file, eTag);
  const Range = `bytes=${byteOffset}-${byteOffset + byteLength - 1}`;
  try {
    const answer = await client.send(
      new GetObjectCommand({ Bucket: file.bucket ?? '', Key: file.key, ...which, Range }),
      { abortSignal: AbortSignal.timeout(RANGE_TIMEOUT_MS) },
    );
    const bytes = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
    return bytes.length === byteLength ? bytes : null;
  } catch (error) {
    if (GONE.has(statusOf(error) ?? 0)) return null;
    throw readFailure(error, file);
  }
}

interface Opened {
  readonly answer: GetObjectCommandOutput;
  readonly file: CaptureFile;
}

async function open(
  client: S3Client,
  object: S3Object,
  position: number,
  signal: AbortSignal,
): Promise<Opened | 'at-end'> {
  const { file, eTag } = object;
  try {
    return { answer: await get(client, object, position, signal), file };
  } catch (error) {
    // A range that begins where the object ends is none.
    if (statusOf(error) === 416 && position > 0) return 'at-end';
    // A role made for unversioned buckets has s3:GetObject and not s3:GetObjectVersion: read the same content by ETag.
    const mayRetryByETag = statusOf(error) === 403 && file.versionId !== null && eTag !== null;
    if (mayRetryByETag) return open(client, { file: { ...file, versionId: null }, eTag }, position, signal);
    if (statusOf(error) === 403 && (await isAbsent(client, file))) {
      throw new SourceFailure('gone', `${fileName(file)} was deleted before it was read`, { cause: error });
    }
    throw readFailure(error, file);
  }
}

function get(
  client: S3Client,
  { file, eTag }: S3Object,
  position: number,
  signal: AbortSignal,
): Promise<GetObjectCommandOutput> {
  const which = whichContent(file, eTag);
  const range = position === 0 ? {} : { Range: `bytes=${position}-` };
  return client.send(new GetObjectCommand({ Bucket: file.bucket ?? '', Key: file.key, ...which, ...range }), {
    abortSignal: signal,
  });
}

function whichContent(file: CaptureFile, eTag: string | null): { VersionId?: string; IfMatch?: string } {
  if (file.versionId !== null) return { VersionId: file.versionId };
  return eTag === null ? {} : { IfMatch: `"${eTag}"` };
}

/** S3 answers 403 for a missing object when the role may not list; if it may, the listing tells which it was. */
async function isAbsent(client: S3Client, file: CaptureFile): Promise<boolean> {
  try {
    const list = await client.send(
      new ListObjectsV2Command({ Bucket: file.bucket ?? '', Prefix: file.key, MaxKeys: 1 }),
    );
    return (list.Contents ?? []).every((entry) => entry.Key !== file.key);
  } catch {
    return false;
  }
}
