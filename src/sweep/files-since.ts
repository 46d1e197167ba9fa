import type { ListedFile } from './capture-listing';
import { hourStartMs } from './hours';

export interface FilesSince {
  readonly since: readonly ListedFile[];
  /** From before the start: not missing. */
  readonly earlier: readonly ListedFile[];
}

/** Files whose keys tell no hour, by when they were written: before the hour a sink started, or since. */
export function filesSince(files: readonly ListedFile[], sinceHour: string): FilesSince {
  const sinceMs = hourStartMs(sinceHour);
  return {
    since: files.filter(({ modifiedMs }) => modifiedMs >= sinceMs),
    earlier: files.filter(({ modifiedMs }) => modifiedMs < sinceMs),
  };
}
