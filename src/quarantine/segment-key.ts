import type { CaptureFile } from '../core/types';
import { fileHash, ledgerHour } from '../ledger/entry';

/**
 * Where the refused inferences of a capture file are kept. Segments are cut by where a line begins in the file, so that
 * a run that comes again writes the same keys, whatever its batches were and wherever it went on.
 */
export interface SegmentPlace {
  readonly model: string;
  readonly sink: string;
  /** `2026-09-01-14`, of the capture key; or the one hour of all files that have none. */
  readonly hour: string;
  readonly fileHash: string;
  /** Contents and generations of the file that were closed before: what stood under the key earlier keeps its records. */
  readonly contentOrdinal: number;
  readonly segment: number;
}

/** A line's bytes may be kept with it, so a segment holds some MiB: one read, one write. */
export const SEGMENT_BYTES = 1 << 20;

export const segmentOf = (byteOffset: number): number => Math.floor(byteOffset / SEGMENT_BYTES);

/** Without a sink: of all sinks of the model. */
export const quarantinePrefix = (model: string, sink: string | null): string =>
  `quarantine/v1/${model}/${sink === null ? '' : `${sink}/`}`;

/** Of all segments of one content of a file. */
export function contentPrefix(
  { model, sink, contentOrdinal }: Pick<SegmentPlace, 'model' | 'sink' | 'contentOrdinal'>,
  file: Pick<CaptureFile, 'bucket' | 'key'>,
): string {
  return `${quarantinePrefix(model, sink)}${ledgerHour(file.key)}/${fileHash(file)}/${contentOrdinal}-`;
}

export const segmentKey = (prefix: string, segment: number): string =>
  `${prefix}${String(segment).padStart(SEGMENT_DIGITS, '0')}${ENDING}`;

/** 1 TiB of source; S3 takes objects of 5. Beyond it keys would only sort otherwise. */
const SEGMENT_DIGITS = 6;
const ENDING = '.ndjson';
const KEY = /^quarantine\/v1\/([^/]+)\/([^/]+)\/([^/]+)\/([0-9a-f]+)\/(\d+)-(\d+)\.ndjson$/;

/** Null for what is no segment's key. */
export function parseSegmentKey(key: string): SegmentPlace | null {
  const [, model = '', sink = '', hour = '', hash = '', contentOrdinal, segment] = KEY.exec(key) ?? [];
  if (contentOrdinal === undefined) return null;
  return { model, sink, hour, fileHash: hash, contentOrdinal: Number(contentOrdinal), segment: Number(segment) };
}
