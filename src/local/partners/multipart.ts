import { type PartHead, readPartHead } from './multipart-head';

/** Reads multipart/form-data as it arrives (RFC 7578): a file part is passed on in pieces and never held here. */
export type PartReader = (head: PartHead) => (chunk: Buffer) => void;

/** Part headers are two short lines; a file name may be a full path (Arthur's client sends one). */
const MAX_HEAD_BYTES = 16 * 1024;
const CRLF = Buffer.from('\r\n');
const HEAD_END = Buffer.from('\r\n\r\n');

type State = 'preamble' | 'delimiter' | 'head' | 'body' | 'done' | 'malformed';

/** The boundary of a `Content-Type: multipart/form-data` header, or null when it is something else. */
export function boundaryOf(contentType: string | undefined): string | null {
  const match = /^multipart\/form-data\s*;.*?\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType ?? '');
  return match?.[1] ?? match?.[2] ?? null;
}

export class MultipartReader {
  readonly #delimiter: Buffer;
  // The first boundary has no line break before it, all later ones do: adding one makes them alike.
  #pending: Buffer = CRLF;
  #state: State = 'preamble';
  #take: (chunk: Buffer) => void = () => {};

  /** `onPart` is called at each part's head and returns what takes its bytes. */
  constructor(
    boundary: string,
    private readonly onPart: PartReader,
  ) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  }

  push(chunk: Buffer): void {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    while (this.#advance());
  }

  /** True when the closing boundary was seen and every part was well formed. */
  get complete(): boolean {
    return this.#state === 'done';
  }

  /** One step; false when more bytes are needed. */
  #advance(): boolean {
    if (this.#state === 'preamble' || this.#state === 'body') return this.#untilDelimiter();
    if (this.#state === 'delimiter') return this.#afterDelimiter();
    if (this.#state === 'head') return this.#readHead();
    this.#pending = Buffer.alloc(0); // done or malformed: what follows is of no interest
    return false;
  }

  #untilDelimiter(): boolean {
    const at = this.#pending.indexOf(this.#delimiter);
    // Without a delimiter all but its length can go on: the rest may be its beginning.
    const end = at >= 0 ? at : Math.max(0, this.#pending.length - this.#delimiter.length + 1);
    if (this.#state === 'body' && end > 0) this.#take(this.#pending.subarray(0, end));
    this.#pending = this.#pending.subarray(at >= 0 ? at + this.#delimiter.length : end);
    if (at >= 0) this.#state = 'delimiter';
    return at >= 0;
  }

  #afterDelimiter(): boolean {
    if (this.#pending.length < 2) return false;
    const next = this.#pending.toString('latin1', 0, 2);
    if (next === '--') this.#state = 'done';
    else this.#state = next === '\r\n' ? 'head' : 'malformed';
    return true; // the line break stays: a part without headers is then an empty line like any other
  }

  #readHead(): boolean {
    const end = this.#pending.indexOf(HEAD_END);
    if (end < 0 || end > MAX_HEAD_BYTES) {
      if (this.#pending.length > MAX_HEAD_BYTES) this.#state = 'malformed';
      return this.#state === 'malformed';
    }
    const head = readPartHead(this.#pending.toString('utf8', 0, end));
    this.#pending = this.#pending.subarray(end + HEAD_END.length);
    this.#state = head === null ? 'malformed' : 'body';
    if (head === null) return true;
    this.#take = this.onPart(head);
    return true;
  }
}
