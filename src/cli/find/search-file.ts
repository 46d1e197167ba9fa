import { parseCaptureLine } from '../../core/capture-event';
import type { ModelRules } from '../../core/inference';
import { LineSplitter } from '../../core/lines';
import type { CaptureEvent, CaptureFile, Place, Rejection } from '../../core/types';
import { unpacked } from '../../replay/unpack';
import { type Match, matchOf, type WantedId } from './wanted-id';

/** One place where the id stands. */
export interface Hit {
  readonly place: Place;
  /** Null for a line that holds the id, or is too long to tell, and is no event. */
  readonly event: CaptureEvent | null;
  readonly match: Match | null;
  /** Why the line is no event; null when it is one. */
  readonly rejection: Rejection | null;
}

/** Whether the bytes hold the needle, a chunk in memory at a time. */
export async function holdsNeedle(bytes: AsyncIterable<Uint8Array>, needle: Buffer): Promise<boolean> {
  if (needle.length === 0) return true;
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of unpacked(bytes)) {
    const block = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const border = Buffer.concat([tail, block.subarray(0, needle.length - 1)]);
    if (block.includes(needle) || border.includes(needle)) return true;
    // What may begin the needle: of a small chunk together with what came before it.
    const end = block.length >= needle.length ? block : Buffer.concat([tail, block]);
    tail = Buffer.from(end.subarray(Math.max(0, end.length - needle.length + 1)));
  }
  return false;
}

/** Every place of a file where the id stands. Throws what the bytes throw. */
export async function* searchLines(
  bytes: AsyncIterable<Uint8Array>,
  file: CaptureFile,
  wanted: WantedId,
  rules: ModelRules,
): AsyncGenerator<Hit> {
  const splitter = new LineSplitter(rules.maxLineBytes);
  // A torn line that holds the very text.
  const quoted = JSON.stringify(wanted.base ?? wanted.id);
  const search = function* (lines: ReturnType<LineSplitter['push']>): Generator<Hit> {
    for (const line of lines) {
      // A line too long to be kept may hold it.
      if (line.bytes?.includes(wanted.needle) === false) continue;
      const parsed = parseCaptureLine(line, file, rules.maxLineBytes);
      const { number, byteOffset, byteLength } = line;
      const place = { file, line: number, byteOffset, byteLength };
      if (parsed.kind === 'event') {
        const match = matchOf(parsed.event, wanted, rules);
        if (match !== null) yield { place, event: parsed.event, match, rejection: null };
      } else if (parsed.kind === 'rejection' && line.bytes?.includes(quoted) !== false)
        yield { place, event: null, match: null, rejection: parsed.rejection };
    }
  };
  for await (const chunk of unpacked(bytes)) yield* search(splitter.push(chunk));
  yield* search(splitter.end());
}
