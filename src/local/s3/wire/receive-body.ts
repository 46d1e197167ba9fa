/** Receives a request body: an object's straight to disk, a document's into memory. */
import type { FileHandle } from 'node:fs/promises';
import type { BodyFiles } from '../store/body-files';
import type { ChunkVerifier } from './aws-chunked';
import type { Checksum } from './checksums';
import { type Refusal, RefusedBody, refuse } from './refusal';
import type { S3Request } from './request';
import { readVerified, type VerifiedBody } from './verified-body';

export interface ReceivedBody {
  readonly kind: 'received';
  readonly bodyId: string;
  readonly sizeBytes: number;
  readonly md5Hex: string;
  /** The checksum the client declared, verified; null when it declared none. */
  readonly checksum: Checksum | null;
}

/** Writes are gathered up to this size: one disk write for many wire pieces. */
const WRITE_BYTES = 1024 * 1024;
/** 1,000 keys of 1,024 bytes, each byte a six-character reference, with their elements around. */
const MAX_DOCUMENT_BYTES = 8 * 1024 * 1024;

/**
 * Reads the whole body into a new body file. On a refusal the file is gone again.
 * Throws when the connection breaks: there is nobody left to answer.
 */
export async function receiveBody(
  request: S3Request,
  bodies: BodyFiles,
  verifier: ChunkVerifier | null,
): Promise<ReceivedBody | Refusal> {
  const { bodyId, handle } = await bodies.create();
  let kept = false;
  try {
    const gathered = new GatheredWrites(handle);
    const read = await refusable(() => readVerified(request, verifier, (piece) => gathered.add(piece)));
    if (read.kind === 'refusal') return read;
    await gathered.flush();
    kept = true;
    return {
      kind: 'received',
      bodyId,
      sizeBytes: read.sizeBytes,
      md5Hex: read.md5.toString('hex'),
      checksum: read.checksum,
    };
  } finally {
    await handle.close();
    if (!kept) bodies.remove(bodyId);
  }
}

/** Reads a document (a delete list, a configuration) into a string. */
export async function receiveDocument(
  request: S3Request,
  verifier: ChunkVerifier | null,
): Promise<{ readonly kind: 'document'; readonly text: string } | Refusal> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  const read = await refusable(() =>
    readVerified(request, verifier, (piece) => {
      sizeBytes += piece.length;
      if (sizeBytes > MAX_DOCUMENT_BYTES) throw new RefusedBody(refuse('MalformedXML'));
      pieces.push(piece);
    }),
  );
  return read.kind === 'refusal' ? read : { kind: 'document', text: Buffer.concat(pieces).toString('utf8') };
}

async function refusable(read: () => Promise<VerifiedBody | Refusal>): Promise<VerifiedBody | Refusal> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof RefusedBody) return error.refusal;
    throw error;
  }
}

class GatheredWrites {
  private pieces: Buffer[] = [];
  private sizeBytes = 0;

  constructor(private readonly handle: FileHandle) {}

  async add(piece: Buffer): Promise<void> {
    this.pieces.push(piece);
    this.sizeBytes += piece.length;
    if (this.sizeBytes >= WRITE_BYTES) await this.flush();
  }

  async flush(): Promise<void> {
    // `appendFile` loops until all is written; `write` may write less than asked.
    if (this.sizeBytes > 0) await this.handle.appendFile(Buffer.concat(this.pieces));
    this.pieces = [];
    this.sizeBytes = 0;
  }
}
