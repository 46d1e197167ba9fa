import type { Clock } from '../core/deliver';
import { type StateStore, StoreUnavailable } from '../store/state-store';
import { type Decision, SharedObject } from './shared-object';
import { SliceSize } from './slice-size';
import { giveBack, PLACE_LASTS_MS, readTimeline, reserve, type Timeline } from './timeline';

export type RateAnswer =
  | { readonly kind: 'go' }
  /** Not within the time given; asking again is of no use before `waitMs`. */
  | { readonly kind: 'later'; readonly waitMs: number };

/** Half a second's worth at once: two writes a second for the whole fleet, whatever the rate. */
const SLICE_MS = 500;

/** Of a place's time, left for the request to leave the machine. */
const LEAVE_MS = 100;

/** A timer may fire so much before its time. */
const TIMER_ERROR_MS = 2;

const STORE_WAIT_MS = 5_000;
const MIN_WAIT_MS = 1_000;
const WAIT_JITTER = 0.2;

/** For one reservation among many who want one; longer means a store in trouble. */
const PATIENCE_MS = 10_000;
const GIVE_BACK_PATIENCE_MS = 1_000;

const GO: RateAnswer = { kind: 'go' };

/**
 * At most so many requests a second to one sink, over all processes that send to it: each reserves places ahead in one
 * timeline, `rate/v1/{model}/{sink}`, and sends at their moments by the store's clock. In any window of W seconds at
 * most rate × (W + 1) + 1 go, and rate × E more where the machines' ideas of the store's clock differ by E seconds.
 * Keep one instance a process: what it has reserved serves the next run too.
 */
export class RateLimit {
  private readonly shared: SharedObject<Timeline>;
  private readonly slice: SliceSize;
  private readonly most: number;
  /** Reserved and not yet used, in the order of time. */
  private places: number[] = [];
  private reserving: { readonly latestMs: number; readonly done: Promise<RateAnswer | null> } | null = null;
  private waiting = 0;
  /** How long a write takes, by the last one. */
  private writeMs = 0;

  constructor(
    private readonly store: StateStore,
    model: string,
    sink: string,
    maxPerSecond: number,
    private readonly clock: Clock,
  ) {
    this.most = Math.max(1, Math.floor((maxPerSecond * SLICE_MS) / 1_000));
    this.slice = new SliceSize(this.most);
    const read = (body: string | null): Timeline => readTimeline(body, maxPerSecond);
    this.shared = new SharedObject(store, `rate/v1/${model}/${sink}`, read, clock);
  }

  /** Waits until one request may go; where that is after `latestMs` (of `clock.nowMs`), says so and reserves nothing. */
  async take(latestMs: number): Promise<RateAnswer> {
    for (;;) {
      this.dropPast();
      const placeMs = this.places.shift();
      const answer = placeMs === undefined ? await this.reserve(latestMs) : await this.use(placeMs, latestMs);
      if (answer !== null) return answer;
    }
  }

  /** No further request comes soon: what is reserved goes to others. Costs no call when nothing is; never fails. */
  async giveBack(): Promise<void> {
    this.dropPast();
    this.slice.ended();
    const places = this.places.splice(0);
    if (places.length === 0) return;
    const decide = (timeline: Timeline): Decision<Timeline, void> => ({
      write: giveBack(timeline, places, this.store.nowMs()),
      done: () => undefined,
    });
    // Not given back, they pass unused.
    await this.shared.change(decide, this.clock.nowMs() + GIVE_BACK_PATIENCE_MS).catch(onlyUnavailable);
  }

  /** Null when the place's time passed while this machine stood still. */
  private async use(placeMs: number, latestMs: number): Promise<RateAnswer | null> {
    const waitMs = placeMs - this.store.nowMs();
    if (this.clock.nowMs() + waitMs > latestMs) return this.keep(placeMs);
    if (waitMs > 0) await this.clock.sleep(Math.ceil(waitMs));
    const lateMs = this.store.nowMs() - placeMs;
    // The sleep was cut short: this run ends.
    if (lateMs < -TIMER_ERROR_MS) return this.keep(placeMs);
    if (lateMs > PLACE_LASTS_MS - LEAVE_MS) return null;
    this.slice.used(this.clock.nowMs());
    return GO;
  }

  private keep(placeMs: number): RateAnswer {
    this.places = [...this.places, placeMs].sort((a, b) => a - b);
    return this.later(placeMs - this.store.nowMs());
  }

  private dropPast(): void {
    const firstMs = this.store.nowMs() - PLACE_LASTS_MS + LEAVE_MS;
    const past = this.places.filter((placeMs) => placeMs < firstMs).length;
    this.places.splice(0, past);
    this.slice.missed(past);
  }

  /** One reservation at a time, for all who wait. Null when there may be a place now. */
  private async reserve(latestMs: number): Promise<RateAnswer | null> {
    this.waiting += 1;
    const isFirst = this.reserving === null;
    this.reserving ??= { latestMs, done: this.reserveNow(latestMs) };
    const { reserving } = this;
    try {
      const refusal = await reserving.done;
      return latestMs <= reserving.latestMs ? refusal : null;
    } finally {
      this.waiting -= 1;
      if (isFirst) this.reserving = null;
    }
  }

  private async reserveNow(latestMs: number): Promise<RateAnswer | null> {
    const nowMs = this.clock.nowMs();
    const untilMs = Math.min(latestMs, nowMs + PATIENCE_MS);
    const size = this.slice.next(nowMs);
    try {
      const refusal = await this.shared.change((timeline) => this.reserved(timeline, size, latestMs), untilMs);
      return refusal === null ? this.later(MIN_WAIT_MS) : refusal.answer;
    } catch (error) {
      onlyUnavailable(error);
      return this.later(STORE_WAIT_MS);
    }
  }

  private reserved(
    timeline: Timeline,
    size: number,
    latestMs: number,
  ): Decision<Timeline, { answer: RateAnswer | null }> {
    const startedMs = this.clock.nowMs();
    const nowMs = this.store.nowMs();
    const { places, earliestMs, next } = reserve(timeline, {
      fromMs: nowMs + this.writeMs,
      latestMs: nowMs + latestMs - startedMs,
      count: Math.min(this.most, Math.max(size, this.waiting)),
    });
    if (places.length === 0) return { write: null, done: () => ({ answer: this.later(earliestMs - nowMs) }) };
    return {
      write: next,
      done: () => {
        this.writeMs = this.clock.nowMs() - startedMs;
        this.places.push(...places);
        this.slice.granted(places.length);
        return { answer: null };
      },
    };
  }

  private later(waitMs: number): RateAnswer {
    return { kind: 'later', waitMs: Math.max(MIN_WAIT_MS, waitMs) * (1 + WAIT_JITTER * this.clock.random()) };
  }
}

function onlyUnavailable(error: unknown): void {
  if (!(error instanceof StoreUnavailable)) throw error;
}
