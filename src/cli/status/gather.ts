import { addCounts, type LedgerCounts, NO_COUNTS } from '../../ledger/entry';
import { UnreadableState } from '../../store/unreadable-state';
import { atOnce } from '../../sweep/at-once';
import type { ListedFile, ListedHours } from '../../sweep/capture-listing';
import { filesSince } from '../../sweep/files-since';
import type { EntryFiles } from '../../sweep/ledger-hour';
import { hourStartMs, NO_HOUR } from '../../sweep/hours';
import { type KnownStart, readStart } from '../../sweep/start-marker';
import { accountOf, type AskedHour, type HourAccount } from './hour-account';
import { joinWaiting, type Waiting } from './waiting';

/** One sink over all the hours that were asked for. */
export interface SinkStatus {
  readonly sink: string;
  /** Null when nothing ever ran for it with this state. */
  readonly start: KnownStart;
  /** Those that hold anything, in order. */
  readonly hours: readonly HourAccount[];
  readonly total: Total;
  /** Captures from before the start that the ledger does not have: not missing. */
  readonly beforeStart: number;
}

export interface Total {
  readonly counts: LedgerCounts;
  readonly files: EntryFiles;
  /** Null when nobody has looked in any of the hours. */
  readonly missing: number | null;
  readonly onTheWay: number;
  readonly waiting: readonly Waiting[];
  readonly unreadable: number;
}

export interface StatusAsked extends Pick<AskedHour, 'store' | 'model' | 'namesOf'> {
  readonly sinks: readonly string[];
  readonly hours: readonly string[];
  /** Null when captures are not looked at. */
  readonly captures: ListedHours | null;
}

/** Each hour asks a handful of calls, one after another. */
const HOURS_AT_ONCE = 8;

/** Throws StoreUnavailable, and a SourceFailure where captures are looked at. */
export async function gatherStatus(asked: StatusAsked): Promise<SinkStatus[]> {
  const starts = await Promise.all(asked.sinks.map((sink) => readStart(asked.store, asked.model, sink)));
  // Files without an hour are found while the others are listed.
  const accounts = [
    ...(await atOnce(asked.hours, HOURS_AT_ONCE, (hour) => accountsOf(hour, starts, asked))),
    await accountsOf(NO_HOUR, starts, asked),
  ];
  return asked.sinks.map((sink, at) =>
    statusOf(
      sink,
      starts[at] ?? null,
      accounts.flatMap((each) => each[at] ?? []),
    ),
  );
}

async function accountsOf(
  hour: string,
  starts: readonly KnownStart[],
  { store, model, sinks, captures, namesOf }: StatusAsked,
): Promise<HourAccount[]> {
  const listed = captures === null ? null : await captures.files(hour);
  return Promise.all(
    sinks.map((sink, at) =>
      accountOf({ store, model, sink, hour, namesOf, ...sinceStart(listed, hour, starts[at] ?? null) }),
    ),
  );
}

/** As the sweep does it: of files without an hour their own times tell which are from before the start. */
function sinceStart(
  listed: readonly ListedFile[] | null,
  hour: string,
  start: KnownStart,
): Pick<AskedHour, 'listed' | 'earlier'> {
  if (listed === null || hour !== NO_HOUR || start === null || start instanceof UnreadableState)
    return { listed, earlier: [] };
  const { since, earlier } = filesSince(listed, start.sinceHour);
  return { listed: since, earlier };
}

function statusOf(sink: string, start: KnownStart, accounts: readonly HourAccount[]): SinkStatus {
  const judged = accounts.map((account) => (isBeforeStart(account, start) ? withoutMissing(account) : account));
  const late = accounts.filter((account) => isBeforeStart(account, start));
  const hours = judged.filter(holdsAnything);
  const inLateHours = late.reduce((sum, { missing, onTheWay }) => sum + (missing.count ?? 0) + onTheWay, 0);
  const beforeStart = accounts.reduce((sum, account) => sum + account.beforeStart, inLateHours);
  return { sink, start, hours, total: totalOf(hours), beforeStart };
}

const holdsAnything = ({ files, missing, onTheWay, unreadable }: HourAccount): boolean =>
  files.seen + (missing.count ?? 0) + onTheWay + unreadable.length > 0;

function isBeforeStart({ hour }: HourAccount, start: KnownStart): boolean {
  if (start === null) return true;
  // Nobody knows: rather too much is called missing than too little.
  if (start instanceof UnreadableState) return false;
  return hour !== NO_HOUR && hourStartMs(hour) < hourStartMs(start.sinceHour);
}

const withoutMissing = (account: HourAccount): HourAccount => ({
  ...account,
  missing: { count: 0, keys: [], asOfMs: null },
  onTheWay: 0,
});

function totalOf(hours: readonly HourAccount[]): Total {
  const files = { seen: 0, done: 0, inFlight: 0, gone: 0, superseded: 0 };
  for (const each of hours)
    for (const name of Object.keys(files) as (keyof EntryFiles)[]) files[name] += each.files[name];
  const known = hours.flatMap(({ missing }) => missing.count ?? []);
  return {
    counts: hours.reduce((sum, { counts }) => addCounts(sum, counts), NO_COUNTS),
    files,
    missing: known.length === 0 && hours.length > 0 ? null : known.reduce((sum, count) => sum + count, 0),
    onTheWay: hours.reduce((sum, { onTheWay }) => sum + onTheWay, 0),
    waiting: joinWaiting(hours.flatMap(({ waiting }) => waiting)),
    unreadable: hours.reduce((sum, { unreadable }) => sum + unreadable.length, 0),
  };
}

/** What a person must look at: exit code 1. */
export function isWanting({ total, start }: SinkStatus): boolean {
  if (start instanceof UnreadableState) return true;
  return (total.missing ?? 0) + total.files.gone + total.unreadable > 0 || imbalanceOf(total.counts) !== null;
}

/** Null when the equation holds; anything else is a bug of ours. */
export function imbalanceOf({ captured, delivered, quarantined, purged, skipped }: LedgerCounts): string | null {
  return captured === delivered + quarantined + purged + skipped
    ? null
    : `${captured} captured are not ${delivered} delivered + ${quarantined} quarantined + ${purged} purged + ${skipped} skipped`;
}
