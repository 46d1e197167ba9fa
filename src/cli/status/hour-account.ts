import { fileHash, type LedgerCounts } from '../../ledger/entry';
import type { StateStore } from '../../store/state-store';
import type { ListedFile } from '../../sweep/capture-listing';
import { compareHour, isKnown } from '../../sweep/compare-hour';
import { type EntryFiles, type HourEntries, listEntries, readEntries, unreadableKeys } from '../../sweep/ledger-hour';
import { capturesDigest, coversEntries, readRollup, type Rollup } from '../../sweep/rollup';
import { type Waiting, waitingIn } from './waiting';

/** The equation of one hour and sink, and what is wanting in it. */
export interface HourAccount {
  readonly sink: string;
  readonly hour: string;
  readonly counts: LedgerCounts;
  readonly files: EntryFiles;
  readonly missing: Missing;
  /** Not begun, and so young that their notifications may still come. */
  readonly onTheWay: number;
  /** Captures from before the start that the ledger does not have, where only the file's own time tells that. */
  readonly beforeStart: number;
  /** Keys of the first ones. */
  readonly gone: readonly string[];
  readonly waiting: readonly Waiting[];
  /** Ledger keys of entries that are none of this version; they are in no sum. */
  readonly unreadable: readonly string[];
}

export interface Missing {
  /** Null when neither a sweep nor this command has looked. */
  readonly count: number | null;
  /** Keys of the first ones. */
  readonly keys: readonly string[];
  /** When that was so; null: now. */
  readonly asOfMs: number | null;
}

export interface AskedHour {
  readonly store: StateStore;
  readonly model: string;
  readonly sink: string;
  readonly hour: string;
  /** The captures of the hour; null when they are not looked at. */
  readonly listed: readonly ListedFile[] | null;
  /** Of them, those from before the sink's start, where the hour does not tell it. */
  readonly earlier: readonly ListedFile[];
  /** Under which names the ledger may know a listed file. */
  readonly namesOf: (file: ListedFile['file']) => readonly ListedFile['file'][];
}

/** From the roll-up where it still holds, else from every entry. Throws StoreUnavailable. */
export async function accountOf(asked: AskedHour): Promise<HourAccount> {
  const { store, model, sink, hour } = asked;
  const rollup = await readRollup(store, model, sink, hour);
  const ledger = await listEntries(store, model, sink, hour);
  const hashes = new Set(ledger.entries.map(({ key }) => key.slice(key.lastIndexOf('/') + 1)));
  const listed = asked.listed === null ? null : asked.listed.map((file) => asKnown(file, hashes, asked));
  const earlier = asked.earlier.map((file) => asKnown(file, hashes, asked));
  const covers = rollup?.complete === true && coversEntries(rollup, ledger);
  const isListed = listed === null || rollup?.basis.captures === capturesDigest(listed);
  const isSame = covers && isListed && earlier.length === 0;
  if (isSame) return fromRollup(rollup);
  const entries = await readEntries(store, ledger);
  // Null only for a run that can be late.
  if (entries === null) throw new Error('the reading of entries ended early');
  const { missing, onTheWay } = wanting(listed, rollup, entries, store.nowMs());
  const all = [...entries.byHash.values()];
  return {
    sink,
    hour,
    counts: entries.counts,
    files: entries.files,
    missing,
    onTheWay,
    beforeStart: notBegun(earlier, entries, store.nowMs()),
    gone: all.filter(({ state }) => state === 'gone').map(({ key }) => key),
    waiting: waitingIn(all),
    unreadable: unreadableKeys(ledger, entries),
  };
}

function fromRollup({ sink, hour, counts, files, goneFiles }: Rollup): HourAccount {
  const missing = { count: 0, keys: [], asOfMs: null };
  const { seen, done, inFlight, gone, superseded } = files;
  const ends = { seen, done, inFlight, gone, superseded };
  const nothing = { missing, onTheWay: 0, beforeStart: 0, waiting: [], unreadable: [] };
  return { sink, hour, counts, files: ends, gone: goneFiles, ...nothing };
}

function wanting(
  listed: readonly ListedFile[] | null,
  rollup: Rollup | null,
  entries: HourEntries,
  nowMs: number,
): { missing: Missing; onTheWay: number } {
  if (listed !== null) {
    const { missing, onTheWay } = compareHour(listed, entries, nowMs);
    return { missing: { count: missing.length, keys: missing.map(({ file }) => file.key), asOfMs: null }, onTheWay };
  }
  if (rollup === null) return { missing: { count: null, keys: [], asOfMs: null }, onTheWay: 0 };
  const left = rollup.missingFiles.filter((file) => !isBegun(file, entries));
  const count = rollup.files.missing - (rollup.missingFiles.length - left.length);
  const { onTheWay } = rollup.files;
  return { missing: { count, keys: left.map(({ key }) => key), asOfMs: rollup.madeAtMs }, onTheWay };
}

function notBegun(listed: readonly ListedFile[], entries: HourEntries, nowMs: number): number {
  const { missing, onTheWay } = compareHour(listed, entries, nowMs);
  return missing.length + onTheWay;
}

function isBegun({ bucket, key, eTag }: Rollup['missingFiles'][number], { byHash }: HourEntries): boolean {
  const entry = byHash.get(fileHash({ bucket, key }));
  return entry !== undefined && isKnown({ eTag }, entry);
}

/** A copy on disk stands for the object it was copied from, where the ledger knows that. */
function asKnown(listed: ListedFile, hashes: ReadonlySet<string>, { namesOf }: AskedHour): ListedFile {
  const names = namesOf(listed.file);
  const known = names.length === 1 ? undefined : names.find((name) => hashes.has(fileHash(name)));
  return known === undefined ? listed : { ...listed, file: known };
}
