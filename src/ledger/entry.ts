import { createHash } from 'node:crypto';
import { parseCaptureKey } from '../core/capture-key';
import type { FileProgress } from '../core/progress';
import type { CaptureFile, LineEnd } from '../core/types';
import { isNumber, isText, listOf, oneOf, orNull, parsedAs, withMembers } from '../store/shape';
import { UnreadableState } from '../store/unreadable-state';

/**
 * What the ledger knows of one capture file and one sink: how far it got, with which numbers, and who works on it.
 * One small JSON object, replaced as a whole under a condition.
 */
export interface LedgerEntry {
  readonly schema: 1;
  /** Random, new with every write: tells our own write from another's when its answer was lost. */
  readonly writeId: string;
  readonly model: string;
  readonly sink: string;
  readonly bucket: string | null;
  readonly key: string;
  readonly content: Content;
  readonly state: EntryState;
  /** By the store's clock: when this content's notification was first worked on. */
  readonly firstSeenMs: number;
  readonly progress: FileProgress;
  /** Everything settled so far of this content, `progress.runs` included. */
  readonly counts: LedgerCounts;
  /** Runs begun since the last progress, this one included: what a crash leaves behind. */
  readonly attempts: number;
  /** 0; one more with each `replay --again`. */
  readonly generation: number;
  /** Of the configuration that `progress.runs` was made under. */
  readonly configHash: string;
  /** Grows with every lease: a stale holder's writes fail, because each names what it last saw. */
  readonly epoch: number;
  readonly lease: Lease | null;
  /** Why the file waits, or why it was given up; null when nothing is wrong. */
  readonly stop: { readonly code: string; readonly reason: string } | null;
  /** What was sent, in order; neighbours with one answer are joined when there are many. */
  readonly batches: readonly BatchSpan[];
  /** Contents that stood under this key before, and earlier generations of this one. */
  readonly earlier: { readonly files: Readonly<Record<FinalState, number>>; readonly counts: LedgerCounts };
}

/** Which bytes: those the notification told of. */
export interface Content {
  readonly versionId: string | null;
  readonly eTag: string | null;
  /** S3's own order of the events of one key; null where a notification does not say. */
  readonly sequencer: string | null;
}

/** `quarantined`: given up whole, because it ended the process each time. Counts as done. */
export type EntryState = 'inFlight' | FinalState;
export type FinalState = 'done' | 'gone' | 'superseded' | 'quarantined';

export interface Lease {
  readonly owner: string;
  /** From the entry's last write on, by the store's clock. */
  readonly durationMs: number;
}

/** The terms of the equation, and of lines. `captured` = `delivered` + `quarantined` + `skipped` + `purged`. */
export interface LedgerCounts {
  readonly lines: number;
  readonly events: number;
  readonly rejectedLines: number;
  readonly skippedLines: number;
  readonly captured: number;
  readonly delivered: number;
  /** Part of `delivered`. */
  readonly accepted: number;
  /** In quarantine now. */
  readonly quarantined: number;
  readonly skipped: number;
  /** Were in quarantine, and were thrown away by a person's order. */
  readonly purged: number;
  /** Part of `delivered`: out of quarantine, after a fix. */
  readonly redriven: number;
}

/** Batches that were sent one after another and answered alike. */
export interface BatchSpan {
  /** Of the file and generation, from 1. */
  readonly first: number;
  readonly count: number;
  readonly fromLine: number;
  readonly toLine: number;
  readonly answer: 'delivered' | 'accepted' | 'partial' | 'refused';
  /** By the store's clock. */
  readonly atMs: number;
}

export const NO_COUNTS: LedgerCounts = {
  lines: 0,
  events: 0,
  rejectedLines: 0,
  skippedLines: 0,
  captured: 0,
  delivered: 0,
  accepted: 0,
  quarantined: 0,
  skipped: 0,
  purged: 0,
  redriven: 0,
};

export function addCounts(a: LedgerCounts, b: Partial<LedgerCounts>, sign: 1 | -1 = 1): LedgerCounts {
  const sum = { ...a };
  for (const name of Object.keys(sum) as (keyof LedgerCounts)[]) sum[name] += sign * (b[name] ?? 0);
  return sum;
}

/** Files outside Data Capture's layout have no hour of their own. */
const NO_HOUR = 'no-hour';

/** `2026-09-01-14`, the hour of the capture key. */
export function ledgerHour(key: string): string {
  return parseCaptureKey(key)?.hour.replace('T', '-') ?? NO_HOUR;
}

/** Bucket and key in one segment of state keys, whatever characters and length the key has. */
export function fileHash({ bucket, key }: Pick<CaptureFile, 'bucket' | 'key'>): string {
  return createHash('sha256')
    .update(`${bucket ?? ''}\0${key}`)
    .digest('hex')
    .slice(0, 40);
}

export const ledgerPrefix = (model: string, sink: string): string => `ledger/v1/${model}/${sink}/`;

export function ledgerKey(model: string, sink: string, file: Pick<CaptureFile, 'bucket' | 'key'>): string {
  return `${ledgerPrefix(model, sink)}${ledgerHour(file.key)}/${fileHash(file)}`;
}

export const writeEntry = (entry: LedgerEntry): string => JSON.stringify(entry);

/** Throws UnreadableState for what is no entry of this version: damaged, or another program's object. */
export function readEntry(body: string, key: string): LedgerEntry {
  const entry = readEntryOrNull(body);
  if (entry === null) throw new UnreadableState(key);
  return entry;
}

/** The same as a value: for whoever reads many, and goes on past one that is none. */
export const readEntryOrNull = (body: string): LedgerEntry | null => parsedAs(body, isEntry);

export const isCounts = withMembers<LedgerCounts>({
  lines: isNumber,
  events: isNumber,
  rejectedLines: isNumber,
  skippedLines: isNumber,
  captured: isNumber,
  delivered: isNumber,
  accepted: isNumber,
  quarantined: isNumber,
  skipped: isNumber,
  purged: isNumber,
  redriven: isNumber,
});

const isEntry = withMembers<LedgerEntry>({
  schema: (value): value is 1 => value === 1,
  writeId: isText,
  model: isText,
  sink: isText,
  bucket: orNull(isText),
  key: isText,
  content: withMembers<Content>({ versionId: orNull(isText), eTag: orNull(isText), sequencer: orNull(isText) }),
  state: oneOf('inFlight', 'done', 'gone', 'superseded', 'quarantined'),
  firstSeenMs: isNumber,
  progress: withMembers<FileProgress>({
    line: isNumber,
    byteOffset: isNumber,
    crc: isNumber,
    runs: isText,
    seen: withMembers<LineEnd>({ byteOffset: isNumber, crc: isNumber }),
    refused: isText,
  }),
  counts: isCounts,
  attempts: isNumber,
  generation: isNumber,
  configHash: isText,
  epoch: isNumber,
  lease: orNull(withMembers<Lease>({ owner: isText, durationMs: isNumber })),
  stop: orNull(withMembers<NonNullable<LedgerEntry['stop']>>({ code: isText, reason: isText })),
  batches: listOf(
    withMembers<BatchSpan>({
      first: isNumber,
      count: isNumber,
      fromLine: isNumber,
      toLine: isNumber,
      answer: oneOf('delivered', 'accepted', 'partial', 'refused'),
      atMs: isNumber,
    }),
  ),
  earlier: withMembers<LedgerEntry['earlier']>({
    files: withMembers<Record<FinalState, number>>({
      done: isNumber,
      gone: isNumber,
      superseded: isNumber,
      quarantined: isNumber,
    }),
    counts: isCounts,
  }),
});
