/** Cuts a stream of bytes at LF, holding no more than one line. */
export class LineSplitter {
  #held: Buffer[] = [];

  constructor(private readonly onLine: (line: string) => void) {}

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      this.#emit(chunk.subarray(start, end));
      start = end + 1;
    }
    if (start < chunk.length) this.#held.push(chunk.subarray(start));
  }

  /** The last line need not end in LF. */
  end(): void {
    if (this.#held.length > 0) this.#emit(Buffer.alloc(0));
  }

  #emit(tail: Buffer): void {
    const line = Buffer.concat([...this.#held, tail]).toString('utf8');
    this.#held = [];
    if (line.trim() !== '') this.onLine(line);
  }
}
