import type { Rejection } from '../core/types';
import type { Content } from '../ledger/entry';
import { originalOf } from './original';
import { merged, type QuarantinedLine } from './quarantined-line';
import { likeness, type Refusal, withRows } from './refusal';
import { type RowRange, rowsOf } from './rows';
import { segmentOf } from './segment-key';

/** Kept in memory until they are written; the bytes of further lines are read again then. */
const MAX_HELD_BYTES = 8 << 20;

export interface CollectedAbout {
  readonly content: Content;
  readonly generation: number;
  readonly decoderVersion: string;
}

/** Rejections that wait to be written, by segment and line. */
export class Collected {
  private readonly segments = new Map<number, Map<number, CollectedLine>>();
  private heldBytes = 0;
  private lines = 0;

  constructor(private readonly about: CollectedAbout) {}

  get lineCount(): number {
    return this.lines;
  }

  add(rejection: Rejection, original: Buffer | null): void {
    const { line: number, byteOffset, byteLength } = rejection.place;
    const lines = this.linesOf(segmentOf(byteOffset));
    let line = lines.get(number);
    if (line === undefined) {
      const isHeld = original !== null && this.heldBytes + byteLength <= MAX_HELD_BYTES;
      line = new CollectedLine({ ...headOf(rejection, this.about), original: isHeld ? originalOf(original) : null });
      this.put(lines, number, line);
    }
    line.add(rejection, this.about.decoderVersion);
  }

  /** In the order of the file. */
  segmentNumbers(): number[] {
    return [...this.segments.keys()].sort((a, b) => a - b);
  }

  take(segment: number): ReadonlyMap<number, QuarantinedLine> {
    const lines = this.linesOf(segment);
    this.segments.delete(segment);
    this.lines -= lines.size;
    for (const line of lines.values()) this.heldBytes -= line.heldBytes;
    return new Map([...lines].map(([number, line]) => [number, line.whole()]));
  }

  /** They could not be written: they wait on, beside what came meanwhile. */
  putBack(segment: number, taken: ReadonlyMap<number, QuarantinedLine>): void {
    const lines = this.linesOf(segment);
    for (const [number, line] of taken) {
      const later = lines.get(number);
      this.put(lines, number, new CollectedLine(later === undefined ? line : merged(line, later.whole())));
      if (later === undefined) continue;
      this.lines -= 1;
      this.heldBytes -= later.heldBytes;
    }
  }

  private put(lines: Map<number, CollectedLine>, number: number, line: CollectedLine): void {
    lines.set(number, line);
    this.lines += 1;
    this.heldBytes += line.heldBytes;
  }

  private linesOf(segment: number): Map<number, CollectedLine> {
    const known = this.segments.get(segment) ?? new Map<number, CollectedLine>();
    this.segments.set(segment, known);
    return known;
  }
}

class CollectedLine {
  private readonly said: Refusal[] = [];
  /** Rows of one event share what is said of them: 100,000 rows must not be 100,000 texts. */
  private readonly alike = new Map<string, { readonly refusal: Refusal; readonly ranges: RowRange[] }>();

  constructor(private readonly head: Omit<QuarantinedLine, 'refusals'> & { readonly refusals?: readonly Refusal[] }) {
    this.said.push(...(head.refusals ?? []));
  }

  get heldBytes(): number {
    return this.head.original === null ? 0 : this.head.byteLength;
  }

  add({ row, stage, code, reason, partnerInferenceId }: Rejection, decoderVersion: string): void {
    const rows: RowRange[] | null = row === null ? null : [[row, row]];
    const refusal: Refusal = { rows, stage, code, reason, partnerInferenceId, decoderVersion };
    if (rows === null) this.said.push(refusal);
    else {
      const known = this.alike.get(likeness(refusal));
      if (known === undefined) this.alike.set(likeness(refusal), { refusal, ranges: [...rows] });
      else known.ranges.push(...rows);
    }
  }

  whole(): QuarantinedLine {
    const together = [...this.alike.values()].map(({ refusal, ranges }) => withRows(refusal, rowsOf(ranges)));
    return { ...this.head, refusals: [...this.said, ...together] };
  }
}

function headOf(
  { place, stage }: Rejection,
  { content, generation }: CollectedAbout,
): Omit<QuarantinedLine, 'refusals' | 'original'> {
  const { file, line, byteOffset, byteLength } = place;
  const { versionId, eTag } = content;
  return {
    line,
    byteOffset,
    byteLength,
    source: { bucket: file.bucket, key: file.key, versionId: versionId ?? file.versionId, eTag },
    generation,
    countedAs: stage === 'line' || stage === 'event' ? 'rejectedLine' : 'event',
    originalMissing: null,
  };
}
