import { ledgerHour } from '../ledger/entry';

/** Hours as the ledger names them, `2026-09-01-14` in UTC: the hour of the capture key. */
export const HOUR_MS = 3_600_000;

/** Where the ledger puts files whose keys are not in Data Capture's layout. */
export const NO_HOUR = ledgerHour('');

export const hourOf = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 13).replace('T', '-');

export const hourStartMs = (hour: string): number => Date.parse(`${hour.slice(0, 10)}T${hour.slice(11)}:00:00Z`);

export const hourEndMs = (hour: string): number => hourStartMs(hour) + HOUR_MS;

/** Whether it is an hour as the ledger names them; `NO_HOUR` is none. */
export const isHour = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}-\d{2}$/.test(value) && Number.isFinite(hourStartMs(value));

export const hourAfter = (hour: string): string => hourOf(hourEndMs(hour));

/** From `first` to `last`, both included; none when `last` is the earlier one. */
export function hoursBetween(first: string, last: string): string[] {
  const hours: string[] = [];
  for (let atMs = hourStartMs(first); atMs <= hourStartMs(last); atMs += HOUR_MS) hours.push(hourOf(atMs));
  return hours;
}
