import { crc32 } from 'node:zlib';
import type { Line } from './types';

/** Where reading begins: at the start of the file, or at a line that an earlier run came to. */
export interface LineStart {
  /** From 1. */
  readonly line: number;
  readonly byteOffset: number;
  /** CRC-32 of the bytes before. */
  readonly crc: number;
}

export const FIRST_LINE: LineStart = { line: 1, byteOffset: 0, crc: 0 };

/**
 * Bytes to lines. Splits on LF only and strips one CR: `node:readline` also splits on U+2028 in Node 24, which JSON
 * allows inside a string. Works on bytes, so that a character cut between two chunks cannot be harmed, and holds at
 * most one line.
 */
export class LineSplitter {
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  private lineNumber: number;
  private lineStart: number;
  private crc: number;
  private overflowing = false;

  /** A longer line is passed over and reported with `bytes: null`. */
  constructor(
    private readonly maxLineBytes: number,
    start: LineStart = FIRST_LINE,
  ) {
    this.lineNumber = start.line;
    this.lineStart = start.byteOffset;
    this.crc = start.crc;
  }

  /** Lines completed by this chunk. The lines may share the chunk's memory: use them before the next push. */
  *push(chunk: Uint8Array): Generator<Line> {
    const block = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let end = block.indexOf(10, start); end !== -1; end = block.indexOf(10, start)) {
      this.crc = crc32(block.subarray(start, end + 1), this.crc);
      yield this.complete(block.subarray(start, end), 1);
      start = end + 1;
    }
    if (start < block.length) this.keep(block.subarray(start));
  }

  /** The last line, when the file does not end with a newline. */
  *end(): Generator<Line> {
    if (this.pendingBytes > 0) yield this.complete(Buffer.alloc(0), 0);
  }

  private keep(piece: Buffer): void {
    this.crc = crc32(piece, this.crc);
    this.pendingBytes += piece.length;
    if (this.pendingBytes > this.maxLineBytes + 1) {
      this.overflowing = true;
      this.pending = [];
      return;
    }
    // A copy: the reader may reuse its buffer.
    this.pending.push(Buffer.from(piece));
  }

  private complete(last: Buffer, endingBytes: 0 | 1): Line {
    const byteLength = this.pendingBytes + last.length;
    let bytes: Buffer | null = null;
    if (!this.overflowing) {
      const whole = this.pending.length === 0 ? last : Buffer.concat([...this.pending, last]);
      bytes = whole[whole.length - 1] === 13 ? whole.subarray(0, -1) : whole;
      if (bytes.length > this.maxLineBytes) bytes = null;
    }
    const line: Line = {
      number: this.lineNumber,
      byteOffset: this.lineStart,
      byteLength: bytes === null ? byteLength : bytes.length,
      bytes,
      end: { byteOffset: this.lineStart + byteLength + endingBytes, crc: this.crc },
    };
    this.pending = [];
    this.pendingBytes = 0;
    this.overflowing = false;
    this.lineNumber += 1;
    this.lineStart = line.end.byteOffset;
    return line;
  }
}
