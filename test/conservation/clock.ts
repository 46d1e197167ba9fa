import { closeSync, openSync, writeSync } from 'node:fs';

/**
 * One clock for S3, SQS and the monotonic clocks of the function's processes: real time plus what was jumped over. So
 * hours pass in no time while nobody runs, and a process that is stopped meanwhile finds them gone when it goes on.
 */
export class WorldClock {
  private skewMs = 0;
  private readonly file: number;

  /** `path`: where the processes read the skew. */
  constructor(readonly path: string) {
    this.file = openSync(path, 'w');
    this.jump(0);
  }

  readonly nowMs = (): number => Date.now() + this.skewMs;

  /** Jumped over so far. */
  get jumpedMs(): number {
    return this.skewMs;
  }

  jump(ms: number): void {
    this.skewMs += ms;
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(this.skewMs);
    writeSync(this.file, bytes, 0, 8, 0);
  }

  close(): void {
    closeSync(this.file);
  }
}
