import type { SinkConfig } from '../config/model-config';
import type { CaptureFile } from '../core/types';
import type { LedgerEntry } from '../ledger/entry';
import type { Ledger } from '../ledger/ledger';
import type { Breaker } from '../pressure/breaker';
import type { RateLimit } from '../pressure/rate-limit';
import type { StateStore } from '../store/state-store';
import type { RejectionStore } from './recorder';

/** What runs share through the state store; without it every file is delivered anew each time it comes. */
export interface RelayState {
  readonly store: StateStore;
  readonly ledger: Ledger;
  /** Of one sink, over all that run. */
  readonly breaker: (sink: SinkConfig) => Breaker;
  /** Null for a sink without a limit. */
  readonly rate: (sink: SinkConfig) => RateLimit | null;
  readonly quarantine: (
    file: CaptureFile,
    entry: LedgerEntry,
    readRange: (byteOffset: number, byteLength: number) => Promise<Buffer | null>,
  ) => RejectionStore;
}
