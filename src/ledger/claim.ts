import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/deliver';
import { compareAndSet } from '../store/compare-and-set';
import { type StateStore, type Stored, StoreUnavailable } from '../store/state-store';
import { type LedgerEntry, readEntry, writeEntry } from './entry';
import { patient, SAVE_PATIENCE_MS } from './patience';

/** What became of a write to the ledger. */
export type Saved =
  | 'saved'
  /** Another run has taken the file over: nothing more may be sent, nothing more counted. */
  | 'fenced'
  /** The store cannot be reached: nobody knows. */
  | 'unavailable';

/** A part of the time is left for a send to reach the partner after it was allowed. */
const LEASE_MARGIN_MS = 1_000;

/**
 * One run's hold on one file and sink: until it ends or its lease runs out, no other run works on them. Judged by this
 * machine's monotonic clock from before the write that gave it, so this side always gives up first.
 */
export class Claim {
  private writing: Promise<unknown> = Promise.resolve();
  private isLost = false;

  constructor(
    private readonly store: StateStore,
    readonly key: string,
    private current: { readonly entry: LedgerEntry; readonly tag: string },
    private readonly clock: Clock,
    /** On the scale of `clock.nowMs`: before the write that began or renewed the lease. */
    private heldSinceMs: number,
    private readonly leaseMs: number,
  ) {}

  get entry(): LedgerEntry {
    return this.current.entry;
  }

  /** Whether this run may still send. */
  holds(): boolean {
    return !this.isLost && this.clock.nowMs() - this.heldSinceMs < this.leaseMs - LEASE_MARGIN_MS;
  }

  /** Puts progress on record and renews the lease. */
  save(change: Partial<LedgerEntry>): Promise<Saved> {
    return this.write({ ...change, attempts: 0 });
  }

  /** Renews the lease alone: for a run that has no deadline, and waits. */
  renew(): Promise<Saved> {
    return this.write({});
  }

  /** Gives the file back: finished, or for a later run. */
  end(change: Partial<LedgerEntry>): Promise<Saved> {
    return this.write({ ...change, lease: null });
  }

  /** One after another: each write names what the one before left. */
  private write(change: Partial<LedgerEntry>): Promise<Saved> {
    const saving = this.writing.then(() => this.put(change));
    this.writing = saving.catch(() => undefined);
    return saving;
  }

  /** An earlier write of this very claim that nobody heard the answer of has landed after all. */
  private adopts(stored: Stored | null): boolean {
    if (stored === null) return false;
    const entry = readEntry(stored.body, this.key);
    const { lease, epoch } = this.current.entry;
    if (lease === null || entry.lease?.owner !== lease.owner || entry.epoch !== epoch) return false;
    this.current = { entry: this.current.entry, tag: stored.tag };
    return true;
  }

  private async put(change: Partial<LedgerEntry>): Promise<Saved> {
    if (this.isLost) return 'fenced';
    const clock = patient(this.clock, SAVE_PATIENCE_MS);
    try {
      for (;;) {
        const entry: LedgerEntry = { ...this.current.entry, ...change, writeId: randomUUID() };
        const startedMs = clock.nowMs();
        const write = { body: writeEntry(entry), expected: this.current.tag };
        const written = await compareAndSet(this.store, this.key, write, clock);
        if (written.kind === 'written') {
          this.current = { entry, tag: written.tag };
          this.heldSinceMs = startedMs;
          return 'saved';
        }
        if (!this.adopts(written.current)) {
          this.isLost = true;
          return 'fenced';
        }
      }
    } catch (error) {
      if (error instanceof StoreUnavailable) return 'unavailable';
      throw error;
    }
  }
}
