import { type BatchOutcome, type DeliverOptions, deliverBatch, type DeliveryStop } from './deliver';
import type { InferenceBatch } from './types';

/**
 * Batches to one sink with several in flight. `take` waits while all places are out, so that reading never runs
 * ahead of sending; once a batch stops (sink down, token wrong), everything taken afterwards stays undelivered.
 */
export class Courier {
  private readonly inFlight = new Set<Promise<void>>();
  private bug: { error: unknown } | null = null;
  private hasDelivered = false;
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
      this.add(this.held(await deliverBatch(batch, this.options)));
    } catch (error) {
      this.bug ??= { error };
      this.add({ ...NOTHING, undelivered: batch.inferences.length });
    }
  }

  /**
   * The same refusal for every inference of the first batches is a wrong configuration, not so many bad inferences:
   * nothing is rejected, everything stays in flight, and a person is told.
   */
  private held(outcome: BatchOutcome): BatchOutcome {
    const [first] = outcome.rejected;
    const refusesAll =
      !this.hasDelivered &&
      outcome.delivered === 0 &&
      outcome.undelivered === 0 &&
      outcome.rejected.length >= MIN_REFUSED &&
      outcome.rejected.every((each) => HELD_CODES.has(each.code));
    if (!refusesAll || first === undefined) return outcome;
    const reason = `every one of the first ${outcome.rejected.length} inferences was refused: ${first.reason}; nothing is thrown away, check columns and model`;
    return {
      ...outcome,
      rejected: [],
      undelivered: outcome.rejected.length,
      stop: { kind: 'misconfigured', code: 'SINK_REFUSES_ALL', reason, waitMs: null },
    };
  }

  private add(outcome: BatchOutcome): void {
    if (outcome.delivered > 0) this.hasDelivered = true;
    this.stop ??= outcome.stop;
    this.onOutcome(outcome);
  }

  private throwBug(): void {
    if (this.bug !== null) throw this.bug.error;
  }
}

/** Fewer bad inferences in a row may be chance. */
const MIN_REFUSED = 10;
const HELD_CODES: ReadonlySet<string> = new Set(['PARTNER_REFUSED', 'PARTNER_REFUSED_ROW', 'REFUSED_TOGETHER']);

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
