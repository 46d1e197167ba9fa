import { type CaptureKey, parseCaptureKey } from '../core/capture-key';
import { parseCaptureLine } from '../core/capture-event';
import type { CaptureFile } from '../core/types';
import { rawLines } from './raw-lines';
import { holds, parseTime, type TimeWindow } from './time-window';

/**
 * The lines of a capture file that lie in a window of time. A line outside becomes as many spaces: the flow counts
 * blank lines for nothing, and every other line keeps its number and its place in bytes.
 */
export interface WindowFilter {
  readonly window: TimeWindow;
  readonly file: CaptureFile;
  readonly maxLineBytes: number;
  /** Told of every line left out. */
  readonly onOutside: () => void;
  /** Told of every event that is let through because nothing tells its time. */
  readonly onTimeless: () => void;
}

export async function* linesInWindow(
  source: AsyncIterable<Uint8Array>,
  filter: WindowFilter,
): AsyncGenerator<Uint8Array> {
  const key = parseCaptureKey(filter.file.key);
  for await (const { bytes, isPiece } of rawLines(source, filter.maxLineBytes)) {
    // A line too long to be read is let through, so that its rejection is never hidden.
    if (isPiece || isInside(bytes, key, filter)) yield bytes;
    else yield blank(bytes);
  }
}

function isInside(bytes: Uint8Array, key: CaptureKey | null, filter: WindowFilter): boolean {
  const isEnded = bytes[bytes.length - 1] === 10;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength - (isEnded ? 1 : 0));
  const line = {
    number: 0,
    byteOffset: 0,
    byteLength: text.length,
    bytes: text,
    end: { byteOffset: bytes.length, crc: 0 },
  };
  const parsed = parseCaptureLine(line, filter.file, filter.maxLineBytes);
  if (parsed.kind === 'blank') return true;
  const own = parsed.kind === 'event' ? parsed.event.inferenceTime : null;
  // What tells no time of its own (an old event, a torn line) goes with its file.
  const timeMs = (own === null ? null : parseTime(own)) ?? (key === null ? null : parseTime(key.time));
  if (timeMs === null) {
    if (parsed.kind === 'event') filter.onTimeless();
    return true;
  }
  if (holds(filter.window, timeMs)) return true;
  filter.onOutside();
  return false;
}

function blank(line: Uint8Array): Uint8Array {
  const spaces = Buffer.alloc(line.byteLength, ' ');
  if (line[line.length - 1] === 10) spaces[spaces.length - 1] = 10;
  return spaces;
}
