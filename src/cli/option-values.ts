import { InvalidArgumentError } from 'commander';
import { parseTime } from '../replay/time-window';

/** Values of options, as several commands take them. */
export const gathered = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export function timeOption(text: string): number {
  const timeMs = parseTime(text);
  if (timeMs === null)
    throw new InvalidArgumentError('give a day or a time, such as 2026-09-01 or 2026-09-01T14:30Z (no zone: UTC).');
  return timeMs;
}

export function countOption(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('give a whole number, 1 or more.');
  return value;
}
