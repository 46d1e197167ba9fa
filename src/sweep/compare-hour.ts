import type { CaptureFile } from '../core/types';
import { type Content, fileHash } from '../ledger/entry';
import type { ListedFile } from './capture-listing';
import { HOUR_MS } from './hours';
import type { HourEntries, ShortEntry } from './ledger-hour';

/** Captures minus ledger, for one hour and sink. */
export interface Comparison {
  /** Listed contents that no run has begun. */
  readonly missing: readonly WantedFile[];
  /** Begun, not finished, and nobody came back to it. */
  readonly stalled: readonly WantedFile[];
  /** Not begun, and so young that its notification may still come. */
  readonly onTheWay: number;
}

/** What must be done again, and with which bytes. */
export interface WantedFile {
  readonly file: CaptureFile;
  readonly content: Content;
  readonly sizeBytes: number | null;
  readonly modifiedMs: number;
  /** Null when no run has begun it. */
  readonly firstSeenMs: number | null;
  /** Since when it should have been there. */
  readonly dueMs: number;
}

/** S3 notifies "typically in seconds, but can sometimes take a minute or longer" (S3 User Guide); batches wait, too. */
export const NOTICE_MS = 15 * 60_000;

/**
 * Longer than a message stays out of sight at most: 900 s of delay, then 720 s with a run. While a sink's breaker is shut
 * its messages go round without touching their entries again; then this finds them all the same, and one message too many
 * does no harm: the ledger stops it, and `isDue` keeps them few.
 */
export const STALLED_MS = 2 * HOUR_MS;

export function compareHour(
  listed: readonly ListedFile[],
  { byHash, unreadable }: Pick<HourEntries, 'byHash' | 'unreadable'>,
  nowMs: number,
): Comparison {
  const missing: WantedFile[] = [];
  let onTheWay = 0;
  // A message for newer content brings the entry on, too.
  const begunAnew = new Set<ShortEntry>();
  for (const each of listed) {
    const hash = fileHash(each.file);
    const entry = byHash.get(hash);
    if (unreadable.has(hash) || (entry !== undefined && isKnown(each, entry))) continue;
    if (entry !== undefined) begunAnew.add(entry);
    if (each.modifiedMs + NOTICE_MS > nowMs) onTheWay += 1;
    else missing.push(missingFile(each));
  }
  const stalled = [...byHash.values()].filter((entry) => !begunAnew.has(entry) && isStalled(entry, nowMs));
  return { missing, stalled: stalled.map(stalledFile), onTheWay };
}

/** The ledger has this content as finished or on its way; `gone` and `superseded` are not so, since here it is. */
export function isKnown({ eTag }: Pick<ListedFile, 'eTag'>, { content, state }: ShortEntry): boolean {
  if (state === 'gone' || state === 'superseded') return false;
  return eTag === null || eTag === content.eTag;
}

function isStalled({ state, touchedMs, leasedUntilMs }: ShortEntry, nowMs: number): boolean {
  return state === 'inFlight' && leasedUntilMs <= nowMs && touchedMs + STALLED_MS <= nowMs;
}

function missingFile({ file, eTag, sizeBytes, modifiedMs }: ListedFile): WantedFile {
  const content = { versionId: null, eTag, sequencer: null };
  return { file, content, sizeBytes, modifiedMs, firstSeenMs: null, dueMs: modifiedMs + NOTICE_MS };
}

/** Also when it is listed no more: the run that finds it gone puts that on record. */
function stalledFile({ bucket, key, content, touchedMs, firstSeenMs }: ShortEntry): WantedFile {
  const file = { bucket, key, versionId: content.versionId };
  return { file, content, sizeBytes: null, modifiedMs: touchedMs, firstSeenMs, dueMs: touchedMs + STALLED_MS };
}
