import { parseCaptureLine, type ParsedLine } from './capture-event';
import { foreignFormat, ManifestReader } from './file-kind';
import { LineSplitter } from './lines';
import type { CaptureFile, Line } from './types';

/** A line with its bytes, for a partner that takes the lines themselves. */
export interface CapturedLine {
  readonly parsed: ParsedLine;
  /** Without the line ending; null for what is no single line, or a line too long to keep. Valid until the next one is asked for. */
  readonly bytes: Buffer | null;
}

/**
 * The bytes of one capture file to its lines, parsed, with everything else that stands in it beside them. The memory in
 * use does not grow with the file: one chunk, one line, and what the consumer keeps.
 */
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
  let foreign: string | null = null;
  let total = 0;
  for await (const chunk of bytes) {
    if (isFirst) foreign = foreignFormat(chunk);
    isFirst &&= chunk.byteLength === 0;
    total += chunk.byteLength;
    // Nothing in such a file is a line: it is read to its end for its length alone.
    if (foreign === null) for (const line of splitter.push(chunk)) yield* manifest.offer(line).map(parse);
  }
  if (foreign !== null) {
    yield { parsed: notJsonLines(file, foreign, total), bytes: null };
    return;
  }
  for (const line of splitter.end()) yield* manifest.offer(line).map(parse);
  const { skip, lines } = manifest.end(file);
  if (skip !== null) yield { parsed: { kind: 'skip', skip }, bytes: null };
  yield* lines.map(parse);
}

function notJsonLines(file: CaptureFile, what: string, byteLength: number): ParsedLine {
  const place = { file, line: 1, byteOffset: 0, byteLength };
  const reason = `the file is no JSON Lines, but ${what}`;
  return {
    kind: 'rejection',
    rejection: { stage: 'line', code: 'NOT_JSON_LINES', reason, place, row: null, partnerInferenceId: null },
  };
}

/** What was read first, and then the rest. */
export async function* resumed<T>(first: T, rest: AsyncIterator<T>): AsyncGenerator<T> {
  yield first;
  for await (const each of { [Symbol.asyncIterator]: () => rest }) yield each;
}
