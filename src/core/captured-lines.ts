import { crc32 } from 'node:zlib';
import { parseCaptureLine, type ParsedLine } from './capture-event';
import { foreignFormat, ManifestReader } from './file-kind';
import { FIRST_LINE, LineSplitter, type LineStart } from './lines';
import type { CaptureFile, Line, LineEnd } from './types';

/** A line with its bytes, for a partner that takes the lines themselves. */
export interface CapturedLine {
  readonly parsed: ParsedLine;
  /** Without the line ending; null for what is no single line, or a line too long to keep. Valid until the next one is asked for. */
  readonly bytes: Buffer | null;
  readonly end: LineEnd;
}

/**
 * The bytes of one capture file to its lines, parsed, with everything else that stands in it beside them. The memory in
 * use does not grow with the file: one chunk, one line, and what the consumer keeps. From a later line on, `bytes`
 * begin there, and nothing asks any more what kind of file it is: the run that came so far did.
 */
export async function* capturedLines(
  bytes: AsyncIterable<Uint8Array>,
  file: CaptureFile,
  maxLineBytes: number,
  start: LineStart = FIRST_LINE,
): AsyncGenerator<CapturedLine> {
  const splitter = new LineSplitter(maxLineBytes, start);
  const parse = (line: Line): CapturedLine => ({
    parsed: parseCaptureLine(line, file, maxLineBytes),
    bytes: line.bytes,
    end: line.end,
  });
  if (start.byteOffset > 0) {
    for await (const chunk of bytes) for (const line of splitter.push(chunk)) yield parse(line);
    for (const line of splitter.end()) yield parse(line);
    return;
  }
  const manifest = new ManifestReader();
  const foreign = new ForeignFile(file);
  for await (const chunk of bytes) {
    // Nothing in such a file is a line: it is read to its end for its length alone.
    if (foreign.takes(chunk)) continue;
    for (const line of splitter.push(chunk)) yield* manifest.offer(line).map(parse);
  }
  const found = foreign.end();
  if (found !== null) {
    yield found;
    return;
  }
  for (const line of splitter.end()) yield* manifest.offer(line).map(parse);
  const { skip, lines, end } = manifest.end(file);
  if (skip !== null) yield { parsed: { kind: 'skip', skip }, bytes: null, end };
  yield* lines.map(parse);
}

/** A file that is no JSON Lines, told by its first bytes: one rejection for all of it. */
class ForeignFile {
  private what: string | null = null;
  private byteLength = 0;
  private crc = 0;

  constructor(private readonly file: CaptureFile) {}

  takes(chunk: Uint8Array): boolean {
    if (this.byteLength === 0) this.what = foreignFormat(chunk);
    this.byteLength += chunk.byteLength;
    if (this.what !== null) this.crc = crc32(chunk, this.crc);
    return this.what !== null;
  }

  end(): CapturedLine | null {
    if (this.what === null) return null;
    const place = { file: this.file, line: 1, byteOffset: 0, byteLength: this.byteLength };
    const reason = `the file is no JSON Lines, but ${this.what}`;
    const rejection = {
      stage: 'line',
      code: 'NOT_JSON_LINES',
      reason,
      place,
      row: null,
      partnerInferenceId: null,
    } as const;
    return {
      parsed: { kind: 'rejection', rejection },
      bytes: null,
      end: { byteOffset: this.byteLength, crc: this.crc },
    };
  }
}

/** What was read first, and then the rest. */
export async function* resumed<T>(first: T, rest: AsyncIterator<T>): AsyncGenerator<T> {
  yield first;
  for await (const each of { [Symbol.asyncIterator]: () => rest }) yield each;
}
