import type { ParsedLine } from './capture-event';
import { capturedLines } from './captured-lines';
import type { CaptureFile } from './types';

/** What stands in a capture file, in its order: events, and rejections and skips beside them. */
export async function* readCaptureFile(
  bytes: AsyncIterable<Uint8Array>,
  file: CaptureFile,
  maxLineBytes: number,
): AsyncGenerator<ParsedLine> {
  for await (const { parsed } of capturedLines(bytes, file, maxLineBytes)) yield parsed;
}
