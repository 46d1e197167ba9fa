import { parseCaptureLine, type ParsedLine } from './capture-event';
import { readCaptureFile } from './capture-file';
import { foreignFormat, ManifestReader } from './file-kind';
import { LineSplitter } from './lines';
import type { CaptureFile, Line } from './types';

/** The lines of a capture file with their bytes, for a partner that takes the lines themselves. */
export interface CapturedLine {
  readonly parsed: ParsedLine;
  /** Without the line ending; null for what is no single line, or a line too long to keep. Valid until the next one is asked for. */
  readonly bytes: Buffer | null;
}

/** Finds in a file what `readCaptureFile` finds, item for item. */
export async function* capturedLines(
  bytes: AsyncIterable<Uint8Array>,
  file: CaptureFile,
  maxLineBytes: number,
): AsyncGenerator<CapturedLine> {
  const splitter = new LineSplitter(maxLineBytes);
  const manifest = new ManifestReader();
  const parse = (line: Line): CapturedLine => ({
    parsed: parseCaptureLine(line, file, maxLineBytes),
    bytes: line.bytes,
  });
  let isFirst = true;
  const chunks = bytes[Symbol.asyncIterator]();
  for await (const chunk of { [Symbol.asyncIterator]: () => chunks }) {
    // Nothing in such a file is a line, so there are no bytes to keep: the other reader says what it is.
    if (isFirst && foreignFormat(chunk) !== null) {
      yield* withoutBytes(resumed(chunk, chunks), file, maxLineBytes);
      return;
    }
    isFirst &&= chunk.byteLength === 0;
    for (const line of splitter.push(chunk)) yield* manifest.offer(line).map(parse);
  }
  for (const line of splitter.end()) yield* manifest.offer(line).map(parse);
  const { skip, lines } = manifest.end(file);
  if (skip !== null) yield { parsed: { kind: 'skip', skip }, bytes: null };
  yield* lines.map(parse);
}

async function* withoutBytes(
  bytes: AsyncIterable<Uint8Array>,
  file: CaptureFile,
  maxLineBytes: number,
): AsyncGenerator<CapturedLine> {
  for await (const parsed of readCaptureFile(bytes, file, maxLineBytes)) yield { parsed, bytes: null };
}

/** What was read first, and then the rest. */
export async function* resumed<T>(first: T, rest: AsyncIterator<T>): AsyncGenerator<T> {
  yield first;
  for await (const each of { [Symbol.asyncIterator]: () => rest }) yield each;
}
