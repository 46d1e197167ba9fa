import type { Rejection } from '../core/types';
import type { Content } from '../ledger/entry';
import { originalOf } from './original';
import { merged, type QuarantinedLine } from './quarantined-line';
import type { Refusal } from './refusal';
import { segmentOf } from './segment-key';

/** Kept in memory until they are written; the bytes of further lines are read again then. */
const MAX_HELD_BYTES = 8 << 20;

interface CollectedLine extends QuarantinedLine {
  readonly refusals: Refusal[];
}

/** Rejections that wait to be written, by segment and line. */
export class Collected {
  private segments = new Map<number, Map<number, CollectedLine>>();
  private heldBytes = 0;
  private lines = 0;

  constructor(
    private readonly about: {
      readonly content: Content;
      readonly generation: number;
      readonly decoderVersion: string;
    },
  ) {}

  get lineCount(): number {
    return this.lines;
  }

  add(rejection: Rejection, original: Buffer | null): void {
    const { place, row, stage, code, reason, partnerInferenceId } = rejection;
    const { decoderVersion } = this.about;
    const line = this.lineOf(rejection, original);
    const last = line.refusals.at(-1);
    const refusal = { row, lastRow: row, stage, code, reason, partnerInferenceId, decoderVersion };
    // Rows of one event share what was said of them: 100,000 of them must not be 100,000 texts.
    if (last?.reason === reason) refusal.reason = last.reason;
    line.refusals.push(refusal);
    this.segment(segmentOf(place.byteOffset)).set(place.line, line);
  }

  /** In the order of the file. */
  segmentNumbers(): number[] {
    return [...this.segments.keys()].sort((a, b) => a - b);
  }

  take(segment: number): ReadonlyMap<number, QuarantinedLine> {
    const lines = this.segment(segment);
    this.segments.delete(segment);
    this.lines -= lines.size;
    for (const { original, byteLength } of lines.values()) if (original !== null) this.heldBytes -= byteLength;
    return lines;
  }

  /** They could not be written: they wait on, beside what came meanwhile. */
  putBack(segment: number, lines: ReadonlyMap<number, QuarantinedLine>): void {
    const waiting = this.segment(segment);
    for (const [number, line] of lines) {
      const later = waiting.get(number);
      const { refusals, ...rest } = later === undefined ? line : merged(line, later);
      if (later === undefined) this.lines += 1;
      if (later?.original == null && rest.original !== null) this.heldBytes += rest.byteLength;
      waiting.set(number, { ...rest, refusals: [...refusals] });
    }
  }

  private segment(segment: number): Map<number, CollectedLine> {
    const known = this.segments.get(segment) ?? new Map<number, CollectedLine>();
    this.segments.set(segment, known);
    return known;
  }

  private lineOf({ place, stage }: Rejection, original: Buffer | null): CollectedLine {
    const known = this.segment(segmentOf(place.byteOffset)).get(place.line);
    if (known !== undefined) return known;
    const { file, line, byteOffset, byteLength } = place;
    const { content, generation } = this.about;
    const isHeld = original !== null && this.heldBytes + byteLength <= MAX_HELD_BYTES;
    if (isHeld) this.heldBytes += byteLength;
    this.lines += 1;
    const { versionId, eTag } = content;
    return {
      line,
      byteOffset,
      byteLength,
      source: { bucket: file.bucket, key: file.key, versionId: versionId ?? file.versionId, eTag },
      generation,
      countedAs: stage === 'line' || stage === 'event' ? 'rejectedLine' : 'event',
      original: isHeld ? originalOf(original) : null,
      originalMissing: null,
      refusals: [],
    };
  }
}
