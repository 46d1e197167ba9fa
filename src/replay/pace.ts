import type { Clock } from '../core/deliver';

/**
 * At most so many inferences a second, evenly: a request of B inferences holds the next one back for B / N seconds. No
 * credit is saved up while nothing is sent, so a pause is not followed by a burst.
 */
export class Pace {
  private freeAtMs = Number.NEGATIVE_INFINITY;

  /** Inferences a second, above 0. */
  constructor(
    private readonly perSecond: number,
    private readonly clock: Pick<Clock, 'nowMs' | 'sleep'>,
  ) {}

  /** Resolves when these may go; callers that wait at the same time go in the order of their calls. */
  async take(inferences: number): Promise<void> {
    const nowMs = this.clock.nowMs();
    const waitMs = Math.max(0, this.freeAtMs - nowMs);
    this.spend(inferences);
    if (waitMs > 0) await this.clock.sleep(waitMs);
  }

  /** Holds back what comes next for inferences that went already, whose number was not known before. */
  spend(inferences: number): void {
    this.freeAtMs = Math.max(this.freeAtMs, this.clock.nowMs()) + (inferences / this.perSecond) * 1_000;
  }
}

/** One request must not hold more than a second's worth. */
export const maxBatchAt = (perSecond: number): number => Math.max(1, Math.floor(perSecond));
