/**
 * Bytes to whole lines with their line ending, so that lines can be left out without moving their neighbours.
 * When the source breaks, the piece of a line that was read last is dropped: it must not pass for a line.
 */
export interface RawLine {
  /** One whole line with its line ending (the last line may have none); or a piece of one that is too long to hold. */
  readonly bytes: Uint8Array;
  readonly isPiece: boolean;
}

/** Lines may share the chunk's memory: use each before asking for the next. Throws what the source throws. */
export async function* rawLines(source: AsyncIterable<Uint8Array>, maxLineBytes: number): AsyncGenerator<RawLine> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let isLong = false;
  for await (const chunk of source) {
    const block = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let end = block.indexOf(10, start); end !== -1; end = block.indexOf(10, start)) {
      const last = block.subarray(start, end + 1);
      yield { bytes: held.length === 0 ? last : Buffer.concat([...held, last]), isPiece: isLong };
      held = [];
      heldBytes = 0;
      isLong = false;
      start = end + 1;
    }
    if (start === block.length) continue;
    // A copy: the source may use its buffer again.
    held.push(Buffer.from(block.subarray(start)));
    heldBytes += block.length - start;
    // One byte more than a line may have, for the CR that does not count.
    if (heldBytes <= maxLineBytes + 1) continue;
    yield { bytes: Buffer.concat(held), isPiece: true };
    held = [];
    heldBytes = 0;
    isLong = true;
  }
  if (held.length > 0) yield { bytes: Buffer.concat(held), isPiece: isLong };
}
