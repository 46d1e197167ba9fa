import type { Created } from '../aws/notifications';
import type { SinkConfig } from '../config/model-config';
import type { TallyCounts } from '../core/tally';
import type { Later } from './file-end';

/** One work of an invocation: a capture file for one sink. */
export interface FileWork {
  readonly created: Created;
  readonly sink: SinkConfig;
  /** How often in a row the file waited without any progress. */
  readonly waits: number;
  /** When a run first had it, by the state store's clock; null: this one is the first. */
  readonly firstSeenMs: number | null;
  /** The ledger has this content, or had it. */
  readonly isOnRecord: boolean;
  /** What cannot be done now can go on in a fresh message; else whoever invoked this must come again. */
  readonly canHandOver: boolean;
  /** No other file shares this invocation. */
  readonly isAlone: boolean;
}

export interface Done {
  readonly tally: TallyCounts;
  readonly end:
    | { readonly kind: 'final' }
    /** To be brought again after a wait. */
    | { readonly kind: 'later'; readonly later: Later; readonly hasProgress: boolean; readonly isOnRecord: boolean }
    /** Nobody expected it: the message has to come again as it is. */
    | { readonly kind: 'failed'; readonly reason: string };
}

export const FINAL: Done['end'] = { kind: 'final' };
