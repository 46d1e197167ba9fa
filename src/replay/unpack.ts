import { createGunzip, type Gunzip } from 'node:zlib';
import { messageOf } from '../core/errors';

/**
 * Archived captures are often packed. A file that begins as gzip does is unpacked on the way, with all its members;
 * any other passes as it is.
 */
export class PackedDataBroken extends Error {
  override name = 'PackedDataBroken';
}

// RFC 1952: every member begins with these two bytes.
const MAGIC = Buffer.from([0x1f, 0x8b]);

/**
 * Tells when the file turns out to be packed. Throws PackedDataBroken after the last bytes that could be unpacked, and
 * what the source throws.
 */
export async function* unpacked(
  source: AsyncIterable<Uint8Array>,
  onPacked: () => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  let start: Buffer = Buffer.alloc(0);
  let form: 'unknown' | 'plain' | Unpacking = 'unknown';
  try {
    for await (const chunk of source) {
      let next = chunk;
      if (form === 'unknown') {
        start = Buffer.concat([start, chunk]);
        if (start.length < MAGIC.length) continue;
        form = start.subarray(0, MAGIC.length).equals(MAGIC) ? new Unpacking() : 'plain';
        if (form !== 'plain') onPacked();
        next = start;
      }
      if (form === 'plain') yield next;
      else yield* form.push(next);
    }
    if (form === 'unknown' && start.length > 0) yield start;
    if (form instanceof Unpacking) yield* form.end();
  } finally {
    if (form instanceof Unpacking) form.close();
  }
}

// zlib throws away the output it was filling when it meets a broken place. By 1 KiB that is a line or two; by the usual
// 16 KiB it would be the whole of most capture files.
const OUTPUT_BYTES = 1 << 10;
// Fed in pieces of one size, however the bytes arrive: so a broken file ends at the same byte each time it is read.
const PIECE_BYTES = 16 << 10;

/** zlib, asked piece by piece for all that it has unpacked. */
class Unpacking {
  private readonly gunzip: Gunzip = createGunzip({ chunkSize: OUTPUT_BYTES });
  private waiting = Buffer.alloc(0);
  private ready: Buffer[] = [];
  private fedBytes = 0;
  private isEnded = false;
  private broken: Error | null = null;
  private wake: () => void = () => {};

  constructor() {
    this.gunzip.on('data', (piece: Buffer) => this.ready.push(piece));
    this.gunzip.on('end', () => {
      this.isEnded = true;
      this.wake();
    });
    this.gunzip.on('error', (error) => {
      this.broken = error;
      this.wake();
    });
  }

  async *push(packed: Uint8Array): AsyncGenerator<Buffer> {
    // Joined into a copy: zlib works on it while the source may already fill its buffer anew.
    const bytes = Buffer.concat([this.waiting, packed]);
    let at = 0;
    for (; bytes.length - at >= PIECE_BYTES; at += PIECE_BYTES) yield* this.feed(bytes.subarray(at, at + PIECE_BYTES));
    this.waiting = bytes.subarray(at);
  }

  async *end(): AsyncGenerator<Buffer> {
    yield* this.feed(this.waiting);
    if (this.isEnded) return;
    await this.settled(() => this.gunzip.end());
    yield* this.taken();
  }

  close(): void {
    this.gunzip.destroy();
  }

  private async *feed(piece: Buffer): AsyncGenerator<Buffer> {
    this.fedBytes += piece.length;
    if (!this.isEnded) await this.settled((done) => this.gunzip.write(piece, () => done()));
    yield* this.taken();
    if (this.isEnded)
      expectPadding(piece.subarray(Math.max(0, piece.length - (this.fedBytes - this.gunzip.bytesWritten))));
  }

  /** Until zlib took the piece, came to the end of the data, or gave up. */
  private settled(start: (done: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      start(resolve);
    });
  }

  private *taken(): Generator<Buffer> {
    const pieces = this.ready;
    this.ready = [];
    yield* pieces;
    if (this.broken !== null) throw new PackedDataBroken(messageOf(this.broken), { cause: this.broken });
  }
}

/** zlib takes a zero byte after a member for padding, and looks at nothing behind it. */
function expectPadding(rest: Uint8Array): void {
  if (rest.some((byte) => byte !== 0)) throw new PackedDataBroken('other data follows the packed data');
}
