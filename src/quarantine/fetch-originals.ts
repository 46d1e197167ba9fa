import { type Original, originalOf } from './original';
import type { QuarantinedLine } from './quarantined-line';

/** The bytes of a piece of the capture file, as it was when it was refused; null when they cannot be had any more. */
export type ReadRange = (byteOffset: number, byteLength: number) => Promise<Buffer | null>;

export interface Originals {
  readonly readRange: ReadRange;
  /** A longer line is kept without its bytes. */
  readonly maxOriginalBytes: number;
}

/** Adds the bytes of some lines that came without them, or why they are not kept. */
export async function addOriginals(
  lines: Map<number, QuarantinedLine>,
  numbers: Iterable<number>,
  { readRange, maxOriginalBytes }: Originals,
): Promise<void> {
  const missing = [...numbers].flatMap((number) => lines.get(number) ?? []).filter(({ original }) => original === null);
  const wanted = missing.filter((line) => whyNotKept(line, maxOriginalBytes) === null);
  const found = await fetchOriginals(wanted, readRange);
  for (const line of missing) {
    const original = found.get(line.line) ?? null;
    const why = whyNotKept(line, maxOriginalBytes) ?? 'it could not be read again';
    lines.set(line.line, { ...line, original, originalMissing: original === null ? why : null });
  }
}

function whyNotKept({ byteLength, refusals }: QuarantinedLine, maxOriginalBytes: number): string | null {
  if (refusals.some(({ code }) => code === 'FILE_CRASHES')) return 'the rest of the file stands where it stood';
  if (byteLength === 0) return 'there are no bytes of it';
  return byteLength > maxOriginalBytes ? `it has ${byteLength} bytes; ${maxOriginalBytes} are kept at most` : null;
}

/** Lines with their bytes, by line number: those that lie close together are read with one request. */
async function fetchOriginals(lines: readonly QuarantinedLine[], readRange: ReadRange): Promise<Map<number, Original>> {
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
