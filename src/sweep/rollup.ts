import { createHash } from 'node:crypto';
import { isCounts, type LedgerCounts } from '../ledger/entry';
import { isNumber, isText, isTrueOrFalse, listOf, orNull, parsedAs, withMembers } from '../store/shape';
import type { StateStore } from '../store/state-store';
import type { ListedFile } from './capture-listing';
import type { Comparison } from './compare-hour';
import type { EntryFiles, HourEntries, ListedEntries } from './ledger-hour';

/** The sums of one hour, model and sink, when the sweep last looked: what `status` shows without reading every entry. */
export interface Rollup {
  readonly schema: 1;
  readonly model: string;
  readonly sink: string;
  readonly hour: string;
  readonly files: HourFiles;
  readonly counts: LedgerCounts;
  /** When the oldest missing file was written; null when none is missing. */
  readonly oldestMissingMs: number | null;
  /** When the oldest file in flight was first seen; null when none is. */
  readonly oldestInFlightMs: number | null;
  /** Nothing is missing, on its way or in flight, and every entry could be read. */
  readonly complete: boolean;
  /** The first ones. */
  readonly missingFiles: readonly NamedFile[];
  /** Keys of the first ones. */
  readonly goneFiles: readonly string[];
  /** Tells whether a file or an entry has changed since, without reading any. */
  readonly basis: { readonly captures: string; readonly entries: string };
  /** By the store's clock, before anything was listed. */
  readonly madeAtMs: number;
}

/** `seen` = `done` + `inFlight` + `gone` + `superseded`. */
export interface HourFiles extends EntryFiles {
  /** Listed in the capture bucket. */
  readonly captured: number;
  /** Listed, and no run has begun them. */
  readonly missing: number;
  /** Not begun either, but so young that their notifications may still come. */
  readonly onTheWay: number;
}

export interface NamedFile {
  readonly bucket: string | null;
  readonly key: string;
  readonly eTag: string | null;
}

/** As many names as a person reads. */
const MAX_NAMES = 100;

export const rollupKey = (model: string, sink: string, hour: string): string => `rollup/v1/${model}/${sink}/${hour}`;

/** Null when the sweep has not come to this hour yet, or must make it anew. Throws StoreUnavailable. */
export async function readRollup(store: StateStore, model: string, sink: string, hour: string): Promise<Rollup | null> {
  const stored = await store.get(rollupKey(model, sink, hour));
  return stored === null ? null : parsedAs(stored.body, isRollup);
}

const isRollup = withMembers<Rollup>({
  schema: (value): value is 1 => value === 1,
  model: isText,
  sink: isText,
  hour: isText,
  files: withMembers<HourFiles>({
    captured: isNumber,
    seen: isNumber,
    done: isNumber,
    inFlight: isNumber,
    gone: isNumber,
    superseded: isNumber,
    missing: isNumber,
    onTheWay: isNumber,
  }),
  counts: isCounts,
  oldestMissingMs: orNull(isNumber),
  oldestInFlightMs: orNull(isNumber),
  complete: isTrueOrFalse,
  missingFiles: listOf(withMembers<NamedFile>({ bucket: orNull(isText), key: isText, eTag: orNull(isText) })),
  goneFiles: listOf(isText),
  basis: withMembers<Rollup['basis']>({ captures: isText, entries: isText }),
  madeAtMs: isNumber,
});

/** Two sweeps at once write what each saw; whoever writes last may be the older one, and the next sweep sees that. */
export async function writeRollup(store: StateStore, rollup: Rollup): Promise<void> {
  await store.put(rollupKey(rollup.model, rollup.sink, rollup.hour), JSON.stringify(rollup), 'any');
}

/** What a roll-up is made of. */
export interface RollupParts {
  readonly model: string;
  readonly sink: string;
  readonly hour: string;
  readonly listed: readonly ListedFile[];
  readonly ledger: ListedEntries;
  readonly entries: HourEntries;
  readonly comparison: Comparison;
  readonly madeAtMs: number;
}

/** Pure. */
export function makeRollup(parts: RollupParts): Rollup {
  const { model, sink, hour, listed, ledger, entries, comparison, madeAtMs } = parts;
  const { missing, onTheWay } = comparison;
  const all = [...entries.byHash.values()];
  return {
    schema: 1,
    model,
    sink,
    hour,
    files: { captured: listed.length, ...entries.files, missing: missing.length, onTheWay },
    counts: entries.counts,
    oldestMissingMs: earliest(missing.map(({ modifiedMs }) => modifiedMs)),
    oldestInFlightMs: earliest(all.filter(({ state }) => state === 'inFlight').map(({ firstSeenMs }) => firstSeenMs)),
    complete: missing.length + onTheWay + entries.files.inFlight + entries.unreadable.size === 0,
    missingFiles: missing
      .slice(0, MAX_NAMES)
      .map(({ file, content }) => ({ bucket: file.bucket, key: file.key, eTag: content.eTag })),
    goneFiles: all
      .filter(({ state }) => state === 'gone')
      .slice(0, MAX_NAMES)
      .map(({ key }) => key),
    basis: { captures: capturesDigest(listed), entries: ledger.digest },
    madeAtMs,
  };
}

/** Which contents stand in an hour. */
export function capturesDigest(listed: readonly ListedFile[]): string {
  const digest = createHash('sha256');
  for (const { file, eTag, sizeBytes } of listed) digest.update(`${file.key}\0${eTag}\0${sizeBytes}\n`);
  return digest.digest('hex');
}

/**
 * S3 tells times in whole seconds, and its clock is known to about a second: an entry that was written so soon before
 * the roll-up was begun may have been written again after it was read.
 */
const DOUBT_MS = 5_000;

/** No entry was written since. */
export function coversEntries({ basis, madeAtMs }: Rollup, ledger: ListedEntries): boolean {
  return basis.entries === ledger.digest && ledger.newestMs < madeAtMs - DOUBT_MS;
}

const earliest = (times: readonly number[]): number | null =>
  times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b));
