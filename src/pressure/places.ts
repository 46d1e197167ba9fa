import type { Clock } from '../core/deliver';
import { type StateStore, StoreUnavailable } from '../store/state-store';
import { type Decision, SharedObject } from './shared-object';
import { SliceSize } from './slice-size';
import { giveBack, readTimeline, reserve, type Timeline } from './timeline';

/** Half a second's worth at once at most: two writes a second for all processes together, whatever the rate. */
const SLICE_MS = 500;

/** For one reservation among many who want one; longer means a store in trouble. */
const PATIENCE_MS = 10_000;
const GIVE_BACK_PATIENCE_MS = 1_000;

/** After a store that does not answer, and a crowd that did not thin. */
const TROUBLE_WAIT_MS = 5_000;

/** The places one process has reserved in a sink's time. */
export class Places {
  private readonly shared: SharedObject<Timeline>;
  private readonly slice: SliceSize;
  private readonly most: number;
  /** Not yet used, in the order of time; by the store's clock. */
  private free: number[] = [];
  /** How long the last write took: places must still be there when it is done. */
  private writeMs = 0;

  constructor(
    private readonly store: StateStore,
    key: string,
    perSecond: number,
    private readonly clock: Clock,
  ) {
    this.most = Math.max(1, Math.floor((perSecond * SLICE_MS) / 1_000));
    this.slice = new SliceSize(this.most);
    this.shared = new SharedObject(store, key, (body) => readTimeline(body, perSecond), clock);
  }

  /** The next place that is not before `firstMs`. */
  shift(firstMs: number): number | undefined {
    const passed = this.free.filter((placeMs) => placeMs < firstMs).length;
    this.free.splice(0, passed);
    this.slice.missed(passed);
    return this.free.shift();
  }

  used(): void {
    this.slice.used(this.clock.nowMs());
  }

  /** Among the free ones, in the order of time: places that were given back by others come before those we have. */
  add(places: readonly number[]): void {
    this.free = [...this.free, ...places].sort((a, b) => a - b);
  }

  /** Null once something is reserved; else how long nothing can be had. */
  async reserve(latestMs: number, waiting: () => number): Promise<number | null> {
    const nowMs = this.clock.nowMs();
    if (latestMs < nowMs) return 1;
    const untilMs = Math.min(latestMs, nowMs + PATIENCE_MS);
    const size = this.slice.next(nowMs);
    try {
      const answer = await this.shared.change(
        (timeline) => this.reserved(timeline, Math.max(size, waiting()), latestMs),
        untilMs,
      );
      return answer === null ? TROUBLE_WAIT_MS : answer.waitMs;
    } catch (error) {
      onlyUnavailable(error);
      return TROUBLE_WAIT_MS;
    }
  }

  /** What is left goes to others; never fails. */
  async giveBack(): Promise<void> {
    this.slice.ended();
    const places = this.free.splice(0);
    if (places.length === 0) return;
    const decide = (timeline: Timeline): Decision<Timeline, void> => ({
      write: giveBack(timeline, places, this.store.nowMs()),
      done: () => undefined,
    });
    // What cannot be given back passes unused.
    await this.shared.change(decide, this.clock.nowMs() + GIVE_BACK_PATIENCE_MS).catch(onlyUnavailable);
  }

  private reserved(timeline: Timeline, wanted: number, latestMs: number): Decision<Timeline, Reserved> {
    const startedMs = this.clock.nowMs();
    const nowMs = this.store.nowMs();
    const { places, earliestMs, next } = reserve(timeline, {
      fromMs: nowMs + this.writeMs,
      latestMs: nowMs + latestMs - startedMs,
      count: Math.min(this.most, wanted),
    });
    if (places.length === 0) return { write: null, done: () => ({ waitMs: Math.max(1, earliestMs - nowMs) }) };
    return {
      write: next,
      done: () => {
        this.writeMs = this.clock.nowMs() - startedMs;
        this.add(places);
        this.slice.granted(places.length);
        return { waitMs: null };
      },
    };
  }
}

interface Reserved {
  readonly waitMs: number | null;
}

/** Anything else is a bug, and not to be hidden. */
function onlyUnavailable(error: unknown): void {
  if (!(error instanceof StoreUnavailable)) throw error;
}
