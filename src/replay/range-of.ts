/** A piece of a stream of bytes; null when the stream is shorter or breaks. */
export async function rangeOf(
  bytes: AsyncIterable<Uint8Array>,
  byteOffset: number,
  byteLength: number,
): Promise<Buffer | null> {
  const pieces: Uint8Array[] = [];
  let have = 0;
  try {
    for await (const chunk of from(bytes, byteOffset)) {
      pieces.push(chunk);
      have += chunk.byteLength;
      if (have >= byteLength) break;
    }
  } catch {
    return null;
  }
  return have < byteLength ? null : Buffer.concat(pieces).subarray(0, byteLength);
}

/** The bytes from an offset on. */
export async function* from(bytes: AsyncIterable<Uint8Array>, byteOffset: number): AsyncGenerator<Uint8Array> {
  let skip = byteOffset;
  for await (const chunk of bytes) {
    if (skip >= chunk.byteLength) skip -= chunk.byteLength;
    else {
      yield skip === 0 ? chunk : chunk.subarray(skip);
      skip = 0;
    }
  }
}
