import { createHash } from 'node:crypto';
import {
  addCounts,
  type Content,
  type EntryState,
  type LedgerCounts,
  type LedgerEntry,
  ledgerPrefix,
  NO_COUNTS,
  readEntryOrNull,
} from '../ledger/entry';
import type { StateStore } from '../store/state-store';
import { atOnce } from './at-once';

/** The entries of one hour and sink as the ledger lists them: enough to tell whether anything was written since. */
export interface ListedEntries {
  readonly entries: readonly { readonly key: string; readonly modifiedMs: number }[];
  /** Equal for equal keys and times. */
  readonly digest: string;
  /** 0 when there are none. */
  readonly newestMs: number;
}

/** Of an entry what the sums and the sweep need: whole entries of an hour of 10,000 files would be some 100 MB. */
export interface ShortEntry {
  readonly bucket: string | null;
  readonly key: string;
  readonly content: Content;
  readonly state: EntryState;
  readonly firstSeenMs: number;
  /** When it was last written. */
  readonly touchedMs: number;
  /** Until then a run may hold it; 0 when none does. */
  readonly leasedUntilMs: number;
  readonly stop: LedgerEntry['stop'];
}

export interface EntryFiles {
  readonly seen: number;
  readonly done: number;
  readonly inFlight: number;
  readonly gone: number;
  readonly superseded: number;
}

/** All entries of one hour and sink, and their sums; contents and generations that stood there before count, too. */
export interface HourEntries {
  /** By the last segment of their ledger keys, `fileHash`. */
  readonly byHash: ReadonlyMap<string, ShortEntry>;
  readonly files: EntryFiles;
  readonly counts: LedgerCounts;
  /** Hashes of entries that are none of this version; they are in no sum. */
  readonly unreadable: ReadonlySet<string>;
}

/** A read takes some 20 ms. */
const READS_AT_ONCE = 64;

/** One call for each thousand entries. Throws StoreUnavailable. */
export async function listEntries(
  store: StateStore,
  model: string,
  sink: string,
  hour: string,
): Promise<ListedEntries> {
  const entries: { key: string; modifiedMs: number }[] = [];
  const digest = createHash('sha256');
  let newestMs = 0;
  for (let hasMore = true, after: string | null = null; hasMore; ) {
    const page = await store.list(`${ledgerPrefix(model, sink)}${hour}/`, { after });
    for (const { key, modifiedMs } of page.entries) {
      entries.push({ key, modifiedMs });
      digest.update(`${key}\0${modifiedMs}\n`);
      newestMs = Math.max(newestMs, modifiedMs);
    }
    hasMore = page.hasMore;
    after = page.entries.at(-1)?.key ?? null;
  }
  return { entries, digest: digest.digest('hex'), newestMs };
}

/** One call for each entry. Null when it became too late on the way. Throws StoreUnavailable. */
export async function readEntries(
  store: StateStore,
  listed: ListedEntries,
  isLate: () => boolean = () => false,
): Promise<HourEntries | null> {
  const sums = new HourSums();
  await atOnce(listed.entries, READS_AT_ONCE, async ({ key }) => {
    const stored = isLate() ? null : await store.get(key);
    if (stored !== null) sums.add(stored.body, key, stored.modifiedMs);
  });
  return isLate() ? null : sums;
}

/** The ledger keys of entries that could not be read, in order. */
export const unreadableKeys = ({ entries }: ListedEntries, { unreadable }: Pick<HourEntries, 'unreadable'>): string[] =>
  entries.map(({ key }) => key).filter((key) => unreadable.has(hashIn(key)));

const hashIn = (ledgerKey: string): string => ledgerKey.slice(ledgerKey.lastIndexOf('/') + 1);

class HourSums implements HourEntries {
  readonly byHash = new Map<string, ShortEntry>();
  readonly unreadable = new Set<string>();
  readonly files = { seen: 0, done: 0, inFlight: 0, gone: 0, superseded: 0 };
  counts = NO_COUNTS;

  add(body: string, ledgerKey: string, touchedMs: number): void {
    const hash = hashIn(ledgerKey);
    // One broken object must not hold up the sweep of all others.
    const entry = readEntryOrNull(body);
    if (entry === null) {
      this.unreadable.add(hash);
      return;
    }
    const { bucket, key, content, state, firstSeenMs, lease, stop } = entry;
    const leasedUntilMs = lease === null ? 0 : touchedMs + lease.durationMs;
    this.byHash.set(hash, { bucket, key, content, state, firstSeenMs, touchedMs, leasedUntilMs, stop });
    this.count(entry);
  }

  private count({ state, counts, earlier }: LedgerEntry): void {
    const { done, gone, superseded, quarantined } = earlier.files;
    this.files.seen += 1 + done + gone + superseded + quarantined;
    // A file that was given up whole is done with.
    this.files.done += done + quarantined;
    this.files.gone += gone;
    this.files.superseded += superseded;
    this.files[state === 'quarantined' ? 'done' : state] += 1;
    this.counts = addCounts(addCounts(this.counts, counts), earlier.counts);
  }
}
