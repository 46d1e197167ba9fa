import type { Clock } from '../core/deliver';
import type { StateStore } from '../store/state-store';
import { Places } from './places';
import { PLACE_LASTS_MS } from './timeline';

/** Whether one request may go. */
export type RateAnswer =
  | { readonly kind: 'go' }
  /** Not within the time given; asking again is of no use before `waitMs`. */
  | { readonly kind: 'later'; readonly waitMs: number };

/** Of a place's time, left for the request to leave the machine. */
const LEAVE_MS = 100;

/** A timer may fire so much before its time. */
const TIMER_ERROR_MS = 2;

/** Runs that were told `later` together must not come back together, nor at once. */
const MIN_WAIT_MS = 1_000;
const WAIT_JITTER = 0.2;

/**
 * At most so many requests a second to one sink, over all processes that send to it: each reserves places in one shared
 * time, `rate/v1/{model}/{sink}`, and sends at their moments by the store's clock. In any window of W seconds at most
 * rate × (W + 1) + 1 requests go, and rate × E more where the machines' ideas of the store's clock lie E seconds apart.
 * Keep one instance a process: what it has reserved, and learned, serves the next run too.
 */
export class RateLimit {
  private readonly places: Places;
  private reserving: { readonly latestMs: number; readonly waitMs: Promise<number | null> } | null = null;
  private waiting = 0;

  constructor(
    private readonly store: StateStore,
    model: string,
    sink: string,
    maxPerSecond: number,
    private readonly clock: Clock,
  ) {
    this.places = new Places(store, `rate/v1/${model}/${sink}`, maxPerSecond, clock);
  }

  /**
   * Waits until a request may go; where that is after `latestMs` (of `clock.nowMs`), says so at once and reserves
   * nothing. Without an answer of the store nothing goes.
   */
  async take(latestMs: number): Promise<RateAnswer> {
    for (;;) {
      const placeMs = this.places.shift(this.store.nowMs() - PLACE_LASTS_MS + LEAVE_MS);
      const waitMs = placeMs === undefined ? await this.reserve(latestMs) : await this.use(placeMs, latestMs);
      if (waitMs === 0) return { kind: 'go' };
      if (waitMs !== null)
        return { kind: 'later', waitMs: Math.max(MIN_WAIT_MS, waitMs) * (1 + WAIT_JITTER * this.clock.random()) };
    }
  }

  /** The run needs no more: what it has reserved goes to others. Costs no call when nothing is left; never fails. */
  giveBack(): Promise<void> {
    return this.places.giveBack();
  }

  /** 0: go. Null: its time went by while this machine stood still. */
  private async use(placeMs: number, latestMs: number): Promise<number | null> {
    const aheadMs = placeMs - this.store.nowMs();
    if (this.clock.nowMs() + aheadMs > latestMs) return this.putBack(placeMs);
    if (aheadMs > 0) await this.clock.sleep(Math.ceil(aheadMs));
    const lateMs = this.store.nowMs() - placeMs;
    // Woken early: this run is over.
    if (lateMs < -TIMER_ERROR_MS) return this.putBack(placeMs);
    if (lateMs > PLACE_LASTS_MS - LEAVE_MS) return null;
    this.places.used();
    return 0;
  }

  private putBack(placeMs: number): number {
    this.places.add([placeMs]);
    return Math.max(1, placeMs - this.store.nowMs());
  }

  /** One reservation at a time, for all who wait. Null: there may be a place now. */
  private async reserve(latestMs: number): Promise<number | null> {
    this.waiting += 1;
    const { reserving } = this;
    const mine = reserving ?? { latestMs, waitMs: this.places.reserve(latestMs, () => this.waiting) };
    this.reserving = mine;
    try {
      const waitMs = await mine.waitMs;
      return latestMs <= mine.latestMs ? waitMs : null;
    } finally {
      this.waiting -= 1;
      if (reserving === null) this.reserving = null;
    }
  }
}
