import type { Log } from '../aws/log';
import type { StateStore } from '../store/state-store';
import type { CaptureListing } from './capture-listing';
import type { Send } from './requeue';

/** What a sweep works with: one model, all its sinks. */
export interface SweepOptions {
  readonly store: StateStore;
  readonly model: string;
  readonly sinks: readonly string[];
  /** The captures that the sweep answers for; entries of other files belong to whoever replays them. */
  readonly captures: readonly { readonly bucket: string; readonly prefix: string }[];
  readonly listing: CaptureListing;
  readonly send: Send;
  readonly log: Log;
  /** Prints a metric line; it must stand alone on its line. */
  readonly emit: (line: string) => void;
  /** True when the run must come to its end; what is left is for the next one. */
  readonly isLate: () => boolean;
  readonly limits?: Partial<SweepLimits>;
}

/** For one run. An hour that was begun is finished, so `maxKeys` may be exceeded by one hour. */
export interface SweepLimits {
  readonly maxKeys: number;
  readonly maxMessages: number;
}

/** 1,000,000 keys are 1,000 calls, half a minute; 20,000 messages are some 20 s, and far more than a loss should be. */
export const SWEEP_LIMITS: SweepLimits = { maxKeys: 1_000_000, maxMessages: 20_000 };

export interface SweepResult {
  /** Looked at in this run. */
  readonly hours: number;
  /** The next run begins with them. */
  readonly hoursLeft: number;
  readonly requeued: number;
  /** Why the run could not do all its work, with a code of docs/errors.md; null when it could. */
  readonly stop: { readonly code: string; readonly reason: string } | null;
}

/** What the sweep's log lines say (docs/sweep.md). */
export const SWEEP_LINES = {
  done: 'sweep done',
  requeued: 'files go to the queue again',
  queue: 'a queue takes no messages from the sweep',
  unreadable: 'ledger entries cannot be read',
  tooLarge: 'one hour needs more time than a run has',
  strays: 'there are more files outside the layout than a sweep looks at',
  start: 'since when captures of a sink count cannot be read',
  stopped: 'the sweep could not go on',
} as const;
