import { parseCaptureLine, type ParsedLine } from './capture-event';
import { foreignFormat, ManifestReader } from './file-kind';
import { LineSplitter } from './lines';
import type { CaptureFile, Line } from './types';

/**
 * The bytes of one capture file to its events, with everything else that stands in it beside them. The memory in use
 * does not grow with the file: one chunk, one line, and what the consumer keeps.
 */
export async function* readCaptureFile(
  bytes: AsyncIterable<Uint8Array>,
  file: CaptureFile,
  maxLineBytes: number,
): AsyncGenerator<ParsedLine> {
  const splitter = new LineSplitter(maxLineBytes);
  const manifest = new ManifestReader();
  let isFirst = true;
  let foreign: string | null = null;
  let total = 0;
  const parse = (line: Line): ParsedLine => parseCaptureLine(line, file, maxLineBytes);
  for await (const chunk of bytes) {
    if (isFirst && chunk.byteLength > 0) {
      foreign = foreignFormat(chunk);
      isFirst = false;
    }
    total += chunk.byteLength;
    if (foreign !== null) continue;
    for (const line of splitter.push(chunk)) yield* manifest.offer(line).map(parse);
  }
  if (foreign !== null) {
    yield notJsonLines(file, foreign, total);
    return;
  }
  for (const line of splitter.end()) yield* manifest.offer(line).map(parse);
  const { skip, lines } = manifest.end(file);
  if (skip !== null) yield { kind: 'skip', skip };
  yield* lines.map(parse);
}

function notJsonLines(file: CaptureFile, what: string, byteLength: number): ParsedLine {
  const place = { file, line: 1, byteOffset: 0, byteLength };
  return {
    kind: 'rejection',
    rejection: {
      stage: 'line',
      code: 'NOT_JSON_LINES',
      reason: `the file is no JSON Lines, but ${what}`,
      place,
      row: null,
      partnerInferenceId: null,
    },
  };
}
