/**
 * Takes the `aws-chunked` framing off a body: `size[;chunk-signature=…]` CRLF, data, CRLF, …, a chunk of size 0 and the
 * trailer lines. Stored as it comes, the framing would end up inside the object, which several emulators do.
 * Source: S3 API reference, "Signature calculations … transferring payload in multiple chunks" and "… trailing headers".
 */
import { createHash } from 'node:crypto';
import { type Refusal, RefusedBody, refuse } from './refusal';

/** Verifies what a signed stream says about its chunks; null for unsigned streams or when nothing is verified. */
export interface ChunkVerifier {
  chunk(sha256Hex: string, signature: string | null): boolean;
  trailer(signedText: string, signature: string | null): boolean;
}

export interface ChunkedBody {
  /** The payload alone. Throws `RefusedBody` on broken framing or a signature that does not match. */
  readonly payload: AsyncIterable<Buffer>;
  /** Complete once the payload has been read to its end; names in lower case. */
  readonly trailers: ReadonlyMap<string, string>;
}

/** A chunk header is a hexadecimal length and a signature, a trailer line a name and a checksum: far below this. */
const MAX_LINE_BYTES = 4096;

/** Decodes framed bytes lazily; nothing is buffered beyond what the wire delivered in one piece and one line. */
export function decodeAwsChunked(framed: AsyncIterable<Buffer>, verifier: ChunkVerifier | null): ChunkedBody {
  const trailers = new Map<string, string>();
  return { payload: decode(new FramedReader(framed), trailers, verifier), trailers };
}

async function* decode(
  reader: FramedReader,
  trailers: Map<string, string>,
  verifier: ChunkVerifier | null,
): AsyncGenerator<Buffer> {
  for (;;) {
    const header = /^([0-9a-f]{1,12})(?:;chunk-signature=([0-9a-f]+))?$/i.exec(await reader.line());
    if (header === null) throw broken('InvalidRequest', 'The chunk header is not valid.');
    const sizeBytes = Number.parseInt(header[1] ?? '', 16);
    const hash = verifier === null ? null : createHash('sha256');
    for await (const piece of reader.take(sizeBytes)) {
      hash?.update(piece);
      yield piece;
    }
    if (hash !== null && verifier?.chunk(hash.digest('hex'), header[2] ?? null) === false) {
      throw new RefusedBody(refuse('SignatureDoesNotMatch'));
    }
    if (sizeBytes === 0) break;
    if ((await reader.line()) !== '') throw broken('IncompleteBody', 'A chunk is longer than its header says.');
  }
  await readTrailers(reader, trailers, verifier);
}

async function readTrailers(
  reader: FramedReader,
  trailers: Map<string, string>,
  verifier: ChunkVerifier | null,
): Promise<void> {
  let signedText = '';
  for (let line = await reader.line(); line !== ''; line = await reader.line()) {
    const colon = line.indexOf(':');
    if (colon < 1) throw new RefusedBody(refuse('MalformedTrailerError'));
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    trailers.set(name, value);
    if (name !== 'x-amz-trailer-signature') signedText += `${name}:${value}\n`;
  }
  if (signedText !== '' && verifier?.trailer(signedText, trailers.get('x-amz-trailer-signature') ?? null) === false) {
    throw new RefusedBody(refuse('SignatureDoesNotMatch'));
  }
  await reader.drain();
}

function broken(code: 'InvalidRequest' | 'IncompleteBody', message: string): RefusedBody {
  const refusal: Refusal = refuse(code, { message });
  return new RefusedBody(refusal);
}

/** Reads lines and counted bytes from pieces of any size. */
class FramedReader {
  private readonly pieces: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(framed: AsyncIterable<Buffer>) {
    this.pieces = framed[Symbol.asyncIterator]();
  }

  /** Up to the next CRLF, which is taken away. A body that ends first was cut off. */
  async line(): Promise<string> {
    let end = this.rest.indexOf('\r\n');
    while (end === -1) {
      if (this.rest.length > MAX_LINE_BYTES) throw broken('InvalidRequest', 'A chunk header is too long.');
      const next = await this.pieces.next();
      if (next.done === true) throw broken('IncompleteBody', 'The request body ended before its last chunk.');
      this.rest = Buffer.concat([this.rest, next.value]);
      end = this.rest.indexOf('\r\n');
    }
    const line = this.rest.toString('latin1', 0, end);
    this.rest = this.rest.subarray(end + 2);
    return line;
  }

  async *take(sizeBytes: number): AsyncGenerator<Buffer> {
    let missingBytes = sizeBytes;
    while (missingBytes > 0) {
      if (this.rest.length === 0) {
        const next = await this.pieces.next();
        if (next.done === true) throw broken('IncompleteBody', 'The request body ended inside a chunk.');
        this.rest = next.value;
      }
      const piece = this.rest.subarray(0, missingBytes);
      this.rest = this.rest.subarray(piece.length);
      missingBytes -= piece.length;
      if (piece.length > 0) yield piece;
    }
  }

  /** Waits for the end of the request, so that the answer does not overtake it. */
  async drain(): Promise<void> {
    while ((await this.pieces.next()).done !== true);
  }
}
