import { type Original, originalOf } from './original';
import type { QuarantinedLine } from './quarantined-line';

/** The bytes of a piece of the capture file, as it was when it was refused; null when they cannot be had any more. */
export type ReadRange = (byteOffset: number, byteLength: number) => Promise<Buffer | null>;

/** Lines with their bytes, by line number: those that lie close together are read with one request. */
export async function fetchOriginals(
  lines: readonly QuarantinedLine[],
  readRange: ReadRange,
): Promise<Map<number, Original>> {
  const found = new Map<number, Original>();
  for (const group of neighbours(lines)) {
    const [first] = group;
    const last = group.at(-1);
    if (first === undefined || last === undefined) continue;
    const from = first.byteOffset;
    const bytes = await readRange(from, last.byteOffset + last.byteLength - from);
    if (bytes === null) continue;
    for (const { line, byteOffset, byteLength } of group)
      found.set(line, originalOf(bytes.subarray(byteOffset - from, byteOffset - from + byteLength)));
  }
  return found;
}

/** Held in memory at once; a longer line is read alone. */
const MAX_RANGE_BYTES = 4 << 20;

/** Reading so much for nothing costs less time than one more request: some 20 ms at 50 MB/s. */
const MAX_GAP_BYTES = 256 << 10;

function neighbours(lines: readonly QuarantinedLine[]): QuarantinedLine[][] {
  const groups: QuarantinedLine[][] = [];
  for (const line of [...lines].sort((a, b) => a.byteOffset - b.byteOffset)) {
    const group = groups.at(-1);
    const [first] = group ?? [];
    const last = group?.at(-1);
    const isNear =
      first !== undefined &&
      last !== undefined &&
      line.byteOffset + line.byteLength - first.byteOffset <= MAX_RANGE_BYTES &&
      line.byteOffset - (last.byteOffset + last.byteLength) <= MAX_GAP_BYTES;
    if (isNear) group?.push(line);
    else groups.push([line]);
  }
  return groups;
}
