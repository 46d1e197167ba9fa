import type { DeliveryStop, BatchOutcome } from '../core/deliver';
import type { ProgressTracker } from '../core/progress';
import type { Rejection } from '../core/types';
import type { Claim, Saved } from '../ledger/claim';
import { addCounts, type LedgerEntry } from '../ledger/entry';
import { StoreUnavailable } from '../store/state-store';
import { BatchLog } from './batch-log';

/** Where rejections are kept: written before the ledger counts them. */
export interface RejectionStore {
  readonly add: (rejection: Rejection, original: Buffer | null) => void;
  readonly flush: () => Promise<void>;
}

/**
 * Puts one run's progress on record: rejections first, then the ledger entry that counts them. Writes one at a time;
 * batches that are settled meanwhile share the next one, so there are never more writes than batches.
 */
export class Recorder {
  private readonly base: LedgerEntry;
  private readonly batches: BatchLog;
  private running: Promise<DeliveryStop | null> | null = null;
  private next: Promise<DeliveryStop | null> | null = null;

  constructor(
    private readonly claim: Claim,
    private readonly quarantine: RejectionStore,
    private readonly nowMs: () => number,
  ) {
    this.base = claim.entry;
    this.batches = new BatchLog(claim.entry.batches);
  }

  /** A request to the partner ended. */
  sent(outcome: BatchOutcome): void {
    this.batches.add(outcome, this.nowMs());
  }

  rejected(rejection: Rejection): void {
    this.quarantine.add(rejection, null);
  }

  /** All that is settled now; why nothing more may be sent when it cannot be written. */
  record(settled: ProgressTracker): Promise<DeliveryStop | null> {
    if (this.next !== null) return this.next;
    if (this.running === null) return this.start(settled);
    this.next = this.running.then(() => {
      this.next = null;
      return this.start(settled);
    });
    return this.next;
  }

  /** The run's last word: everything settled, and what becomes of the file. */
  async end(settled: ProgressTracker | null, change: Partial<LedgerEntry>): Promise<Saved> {
    const isSettled = settled === null ? {} : this.settledNow(settled);
    const hasProgress = settled !== null && settled.counts.captured > 0;
    const word = { ...isSettled, ...(hasProgress ? { attempts: 0 } : {}), ...change };
    // A file that is settled as a whole or not at all: what was refused of a part of it is asked for again.
    if (settled === null && change.counts === undefined) return this.claim.end(word);
    return this.write((entry) => this.claim.end(entry), word);
  }

  private start(settled: ProgressTracker): Promise<DeliveryStop | null> {
    this.running = this.write((entry) => this.claim.save(entry), this.settledNow(settled))
      .then(stopOf)
      .finally(() => {
        this.running = null;
      });
    return this.running;
  }

  private settledNow(settled: ProgressTracker): Partial<LedgerEntry> {
    return {
      progress: settled.snapshot(),
      counts: addCounts(this.base.counts, settled.counts),
      batches: this.batches.spans(),
    };
  }

  private async write(
    put: (entry: Partial<LedgerEntry>) => Promise<Saved>,
    entry: Partial<LedgerEntry>,
  ): Promise<Saved> {
    try {
      await this.quarantine.flush();
    } catch (error) {
      if (error instanceof StoreUnavailable) return 'unavailable';
      throw error;
    }
    return put(entry);
  }
}

function stopOf(saved: Saved): DeliveryStop | null {
  if (saved === 'saved') return null;
  return saved === 'fenced'
    ? { kind: 'fenced', code: 'LEASE_LOST', reason: 'another run has taken this file over', waitMs: null }
    : { kind: 'fenced', code: 'STATE_UNAVAILABLE', reason: 'the state store cannot be written', waitMs: null };
}
