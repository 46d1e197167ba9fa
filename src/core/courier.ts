import { type BatchOutcome, type DeliverOptions, deliverBatch, type DeliveryStop } from './deliver';
import type { InferenceBatch } from './types';

/**
 * Batches to one sink with several in flight. `take` waits while all places are out, so that reading never runs
 * ahead of sending; once a batch stops (sink down, token wrong), everything taken afterwards stays undelivered.
 */
export class Courier {
  private readonly inFlight = new Set<Promise<void>>();
  private bug: { error: unknown } | null = null;
  stop: DeliveryStop | null = null;

  constructor(
    private readonly options: DeliverOptions,
    private readonly maxInFlight: number,
    private readonly onOutcome: (outcome: BatchOutcome) => void,
  ) {}

  async take(batch: InferenceBatch): Promise<void> {
    while (this.inFlight.size >= this.maxInFlight) await Promise.race(this.inFlight);
    this.throwBug();
    if (this.stop !== null) return this.add({ ...NOTHING, undelivered: batch.inferences.length });
    const sending: Promise<void> = this.send(batch).finally(() => this.inFlight.delete(sending));
    this.inFlight.add(sending);
  }

  /** Waits for every answer. Throws what a sink threw: sinks return what partners and networks do, so that is a bug. */
  async settle(): Promise<void> {
    while (this.inFlight.size > 0) await Promise.all(this.inFlight);
    this.throwBug();
  }

  // Never rejects: nobody may be waiting at that moment, and an unhandled rejection ends the process.
  private async send(batch: InferenceBatch): Promise<void> {
    try {
      this.add(await deliverBatch(batch, this.options));
    } catch (error) {
      this.bug ??= { error };
      this.add({ ...NOTHING, undelivered: batch.inferences.length });
    }
  }

  private add(outcome: BatchOutcome): void {
    this.stop ??= outcome.stop;
    this.onOutcome(outcome);
  }

  private throwBug(): void {
    if (this.bug !== null) throw this.bug.error;
  }
}

const NOTHING: BatchOutcome = {
  delivered: 0,
  accepted: 0,
  rejected: [],
  undelivered: 0,
  requests: 0,
  retries: 0,
  ids: [],
  stop: null,
};
