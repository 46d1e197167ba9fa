import { isNumber, isText, isTrueOrFalse, mapOf, orNull, parsedAs, withMembers } from '../store/shape';
import type { StateStore } from '../store/state-store';
import { NOTICE_MS } from './compare-hour';
import { HOUR_MS, hourAfter, hourEndMs, hourOf, hoursBetween, isHour, NO_HOUR } from './hours';

/**
 * How far the sweeps of one model came: which hours they need not look at any more, and what the others were like when
 * they were last looked at. Nothing depends on it: without it everything is looked at again.
 */
export interface SweepCursor {
  readonly schema: 1;
  /** Every hour before it is closed, but for those in `hours`. Null before the first sweep. */
  readonly closedBefore: string | null;
  /** Where the next run begins; null: with the earliest hour. */
  readonly next: string | null;
  /** The hour in which the last run was cut while it sent messages. */
  readonly cut: { readonly hour: string; readonly after: string; readonly startedMs: number } | null;
  /** Hours that are not closed: hour → sink → how it stood. */
  readonly hours: Readonly<Record<string, Readonly<Record<string, OpenHour>>>>;
}

export interface OpenHour {
  readonly complete: boolean;
  readonly missing: number;
  readonly oldestMissingMs: number | null;
  readonly inFlight: number;
  readonly oldestInFlightMs: number | null;
  /** When it was last looked at and everything due was sent; null when it was not all sent yet. */
  readonly lookedAtMs: number | null;
}

/**
 * How long a complete hour is still listed. Its files arrive while it lasts and some minutes after; later ones come of
 * an upload that SageMaker tries again, of replication, or of a copy from elsewhere. A file that comes still later is
 * delivered by its notification as any other; only the sweep does not look for it, and `status --captures` does.
 */
export const CLOSE_AFTER_MS = 48 * HOUR_MS;

const NO_CURSOR: SweepCursor = { schema: 1, closedBefore: null, next: null, cut: null, hours: {} };

export interface KnownCursor {
  readonly cursor: SweepCursor;
  readonly tag: string | null;
}

const cursorKey = (model: string): string => `sweep/v1/${model}`;

/** Throws StoreUnavailable. */
export async function readCursor(store: StateStore, model: string): Promise<KnownCursor> {
  const stored = await store.get(cursorKey(model));
  if (stored === null) return { cursor: NO_CURSOR, tag: null };
  return { cursor: parsedAs(stored.body, isCursor) ?? NO_CURSOR, tag: stored.tag };
}

const isCursor = withMembers<SweepCursor>({
  schema: (value): value is 1 => value === 1,
  closedBefore: orNull(isHour),
  next: orNull(isText),
  cut: orNull(withMembers<NonNullable<SweepCursor['cut']>>({ hour: isText, after: isText, startedMs: isNumber })),
  hours: (value): value is SweepCursor['hours'] => isHours(value) && Object.keys(value).every(isLookedAt),
});

const isHours = mapOf(
  mapOf(
    withMembers<OpenHour>({
      complete: isTrueOrFalse,
      missing: isNumber,
      oldestMissingMs: orNull(isNumber),
      inFlight: isNumber,
      oldestInFlightMs: orNull(isNumber),
      lookedAtMs: orNull(isNumber),
    }),
  ),
);

const isLookedAt = (hour: string): boolean => hour === NO_HOUR || isHour(hour);

/** Where another sweep wrote meanwhile, its word stands: both are true. Throws StoreUnavailable. */
export async function writeCursor(
  store: StateStore,
  model: string,
  cursor: SweepCursor,
  tag: string | null,
): Promise<void> {
  await store.put(cursorKey(model), JSON.stringify(cursor), tag === null ? 'absent' : { tag });
}

/**
 * The hours to look at, beginning where the last run ended. An hour is looked at once it is over and its last
 * notifications had their time; `NO_HOUR` comes after the others of a round.
 */
export function openHours(cursor: SweepCursor, sinceHour: string, nowMs: number): string[] {
  const from = cursor.closedBefore ?? sinceHour;
  const left = Object.keys(cursor.hours).filter((hour) => hour !== NO_HOUR && hour < from);
  const hours = [...left.sort(), ...hoursBetween(from, lastHour(nowMs)), NO_HOUR];
  const at = cursor.next === null ? -1 : hours.findIndex((hour) => hour === cursor.next);
  return at <= 0 ? hours : [...hours.slice(at), ...hours.slice(0, at)];
}

const lastHour = (nowMs: number): string => hourOf(nowMs - NOTICE_MS - HOUR_MS);

/** Whether an hour that is complete may be left alone from now on. */
export const mayClose = (hour: string, nowMs: number): boolean =>
  hour !== NO_HOUR && hourEndMs(hour) + CLOSE_AFTER_MS <= nowMs;

/** Moves the border over hours that were looked at and are old; those of them that are not closed stand in `hours`. */
export function closedBefore(from: string, looked: ReadonlySet<string>, hours: object, nowMs: number): string {
  let border = from;
  while (mayClose(border, nowMs) && (looked.has(border) || border in hours)) border = hourAfter(border);
  return border;
}
