import { type BatchOutcome, type DeliverOptions, deliverBatch, type DeliveryStop } from './deliver';
import { MIN_REFUSED, refusesAll } from './first-refusals';
import type { InferenceBatch } from './types';

export interface CourierOptions {
  readonly delivery: DeliverOptions;
  readonly maxInFlight: number;
  /** Something of this file was delivered by an earlier run. */
  readonly hasDelivered?: boolean;
  readonly onOutcome: (outcome: BatchOutcome) => void;
  /** After each outcome: puts all settled so far on record; a stop when that cannot be done. */
  readonly onRecord?: () => Promise<DeliveryStop | null>;
}

/**
 * Batches to one sink with several in flight. `take` waits while all places are out, so that reading never runs
 * ahead of sending; once a batch stops (sink down, token wrong), everything taken afterwards stays undelivered.
 * A batch keeps its place until what became of it is on record: so a kill repeats `maxInFlight` batches at most.
 */
export class Courier {
  private readonly inFlight = new Set<Promise<void>>();
  /** Refusals from before anything passed: not counted until it is known whether the configuration is to blame. */
  private undecided: BatchOutcome[] = [];
  private bug: { error: unknown } | null = null;
  private hasDelivered: boolean;
  private isDraining = false;
  stop: DeliveryStop | null = null;

  constructor(private readonly options: CourierOptions) {
    this.hasDelivered = options.hasDelivered ?? false;
  }

  async take(batch: InferenceBatch): Promise<void> {
    while (this.inFlight.size >= this.options.maxInFlight) await Promise.race(this.inFlight);
    this.throwBug();
    if (this.stop !== null) return this.options.onOutcome({ ...NOTHING, undelivered: batch.inferences.length });
    const sending: Promise<void> = this.send(batch).finally(() => this.inFlight.delete(sending));
    this.inFlight.add(sending);
  }

  /** No further batch comes: what becomes of the last ones is put on record together, by whoever asked for them. */
  drain(): void {
    this.isDraining = true;
  }

  /** Waits for every answer. Throws what a sink threw: sinks return what partners and networks do, so that is a bug. */
  async settle(): Promise<void> {
    while (this.inFlight.size > 0) await Promise.all(this.inFlight);
    this.decide((outcome) => (this.stop === null ? outcome : undelivered(outcome)));
    this.throwBug();
  }

  // Never rejects: nobody may be waiting at that moment, and an unhandled rejection ends the process.
  private async send(batch: InferenceBatch): Promise<void> {
    let outcome: BatchOutcome = { ...NOTHING, undelivered: batch.inferences.length };
    try {
      outcome = await deliverBatch(batch, this.options.delivery, this.hasDelivered ? null : MIN_REFUSED);
    } catch (error) {
      this.bug ??= { error };
    }
    try {
      this.heard(outcome);
      // Not `this.stop ??= await …`: that looks at the stop before the wait and writes after it, over what another batch said.
      const stop = this.isDraining ? null : ((await this.options.onRecord?.()) ?? null);
      this.stop ??= stop;
    } catch (error) {
      this.bug ??= { error };
    }
  }

  /**
   * The same refusal for each of the first inferences of a file is a wrong configuration, not so many bad inferences:
   * nothing is rejected, everything stays in flight, and a person is told. Refused batches are with no partner, so
   * they hold no place while they wait for the verdict.
   */
  private heard(outcome: BatchOutcome): void {
    this.stop ??= outcome.stop;
    if (outcome.delivered > 0) {
      this.hasDelivered = true;
      this.decide((each) => each);
    }
    const mayBeTheConfiguration =
      !this.hasDelivered && outcome.rejected.length > 0 && outcome.rejected.every(({ code }) => HELD_CODES.has(code));
    if (!mayBeTheConfiguration) return this.options.onOutcome(outcome);
    this.undecided.push(outcome);
    const refused = this.undecided.flatMap(({ rejected }) => rejected);
    const [first] = refused;
    if (first === undefined || refused.length < MIN_REFUSED) return;
    this.stop ??= refusesAll(refused.length, first.reason);
    this.decide(undelivered);
  }

  private decide(as: (outcome: BatchOutcome) => BatchOutcome): void {
    const decided = this.undecided;
    this.undecided = [];
    for (const outcome of decided) this.options.onOutcome(as(outcome));
  }

  private throwBug(): void {
    if (this.bug !== null) throw this.bug.error;
  }
}

const undelivered = (outcome: BatchOutcome): BatchOutcome => ({
  ...outcome,
  rejected: [],
  undelivered: outcome.undelivered + outcome.rejected.length,
});

const HELD_CODES: ReadonlySet<string> = new Set(['PARTNER_REFUSED', 'PARTNER_REFUSED_ROW', 'REFUSED_TOGETHER']);

const NOTHING: BatchOutcome = {
  delivered: 0,
  accepted: 0,
  rejected: [],
  undelivered: 0,
  requests: 0,
  retries: 0,
  stored: [],
  ids: [],
  stop: null,
};
