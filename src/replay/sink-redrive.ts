import type { Requests } from './watched-sink';

/** What a redrive did for one sink: kept up to date while it runs, and the report of it afterwards. */
export interface SinkRedrive {
  readonly sink: string;
  /** Files with something to bring back. */
  files: number;
  /** Inferences in quarantine that were asked for, by code; a line refused as a whole counts as one. */
  readonly found: Map<string, number>;
  redriven: number;
  /** Left out on purpose by the configuration of now. */
  skipped: number;
  refusedAgain: number;
  /** Inferences that stay as they were, by the reason. */
  readonly left: Map<LeftReason, number>;
  /** Keys of objects of the state that cannot be read, and were left: nobody knows how many inferences. */
  readonly unreadable: Set<string>;
  /** Files given up whole that go on now. */
  filesReopened: number;
  readonly requests: Requests;
  /** Why this sink takes nothing more; null while it does. Without a code: it never does. */
  stop: { readonly code: string | null; readonly reason: string } | null;
}

/** Each as it is printed. */
export const LEFT = {
  inFlight: 'of files in flight; they can be redriven once these are done',
  busy: 'of files that another run holds now; run the command again',
  absent: 'of files that the ledger does not know',
  open: 'of lines that their file was in the middle of when it ended',
  overwritten: 'that stand for the rest of a file that was overwritten',
  noCapture: 'that stand for a file that is no capture file',
  noBytes: 'whose bytes are not kept and cannot be read any more',
  rowGone: 'that the line does not hold any more with this configuration',
  unreadable: 'that cannot be moved, because another object of their file cannot be read',
  notSent: 'not sent before the end',
} as const;
export type LeftReason = keyof typeof LEFT;

export const startSinkRedrive = (sink: string): SinkRedrive => ({
  sink,
  files: 0,
  found: new Map(),
  redriven: 0,
  skipped: 0,
  refusedAgain: 0,
  left: new Map(),
  unreadable: new Set(),
  filesReopened: 0,
  requests: { count: 0, bytes: 0 },
  stop: null,
});

export function addTo<T>(counts: Map<T, number>, name: T, count: number): void {
  if (count > 0) counts.set(name, (counts.get(name) ?? 0) + count);
}

export const sumOf = (counts: ReadonlyMap<unknown, number>): number =>
  [...counts.values()].reduce((sum, each) => sum + each, 0);

/** Everything that was asked for is out of quarantine. */
export const isAllOut = ({ stop, refusedAgain, left, unreadable }: SinkRedrive): boolean =>
  stop === null && refusedAgain === 0 && sumOf(left) === 0 && unreadable.size === 0;

/** What a dry run says is all there is. */
export const isAllCounted = ({ stop, unreadable }: SinkRedrive): boolean => stop === null && unreadable.size === 0;
