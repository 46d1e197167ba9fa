import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/deliver';
import { compareAndSet } from '../store/compare-and-set';
import { type Is, parsedAs } from '../store/shape';
import type { StateStore, Stored } from '../store/state-store';

export interface SharedState {
  /** Random, new with every write: tells our own write from another's when its answer was lost. */
  readonly writeId: string;
}

/** What to do about a state: `write` null leaves it as it is. */
export interface Decision<S, T> {
  readonly write: S | null;
  /** Called once the decision stands, with the state that then holds. */
  readonly done: (state: S) => T;
}

/** Full jitter below 50, 100 … 800 ms: fifty runs that want one object at once do not ask a thousand times. */
const BASE_WAIT_MS = 50;
const MAX_WAIT_MS = 800;

/** Timers may fire a moment early; a run that ends wakes its sleepers earlier than that. */
const EARLY_WAKE_MS = 2;

/** One small JSON object that many change at once: read, decide, write if nobody else has, else from the beginning. */
export class SharedObject<S extends SharedState> {
  /** As our own last write left it, where no other was in its way: saves a lone process the reading. */
  private known: Read<S> | null = null;

  constructor(
    private readonly store: StateStore,
    private readonly key: string,
    private readonly read: (body: string | null) => S,
    private readonly clock: Clock,
  ) {}

  /** Null when others were faster each time until `untilMs`, or the run ended. Throws `StoreUnavailable`. */
  async change<T>(decide: (state: S) => Decision<S, T>, untilMs: number): Promise<T | null> {
    let news: Read<S> | null = null;
    for (let round = 0; ; round += 1) {
      const { read, write, done } = await this.decide(decide, news);
      if (write === null) return done(read.state);
      const state = { ...write, writeId: randomUUID() };
      const object = { body: JSON.stringify(state), expected: read.tag };
      const written = await compareAndSet(this.store, this.key, object, this.clockUntil(untilMs));
      if (written.kind === 'written') {
        this.known = round === 0 ? { state, tag: written.tag } : null;
        return done(state);
      }
      // What a loss tells is as fresh as can be: tried at once. Two in a row mean a crowd.
      news = round % 2 === 0 ? this.readable(written.current) : null;
      if (news === null && !(await this.spread(round, untilMs))) return null;
    }
  }

  private async decide<T>(
    decide: (state: S) => Decision<S, T>,
    news: Read<S> | null,
  ): Promise<Decision<S, T> & { readonly read: Read<S> }> {
    const { known } = this;
    this.known = null;
    if (news !== null) return { ...decide(news.state), read: news };
    if (known !== null) {
      const decision = decide(known.state);
      // Only a write finds out whether it was decided on old news.
      if (decision.write !== null) return { ...decision, read: known };
    }
    const read = this.readable(await this.store.get(this.key));
    return { ...decide(read.state), read };
  }

  /** Lets the crowd thin; false when there is no time left for it. */
  private async spread(round: number, untilMs: number): Promise<boolean> {
    const { clock } = this;
    const wakeMs = clock.nowMs() + clock.random() * Math.min(MAX_WAIT_MS, BASE_WAIT_MS * 2 ** round);
    if (wakeMs >= Math.min(untilMs, clock.deadlineMs)) return false;
    await clock.sleep(wakeMs - clock.nowMs());
    return clock.nowMs() >= wakeMs - EARLY_WAKE_MS;
  }

  private readable(stored: Stored | null): Read<S> {
    return { state: this.read(stored?.body ?? null), tag: stored?.tag ?? null };
  }

  private clockUntil(untilMs: number): Clock {
    const { clock } = this;
    return {
      nowMs: () => clock.nowMs(),
      sleep: (ms) => clock.sleep(ms),
      random: () => clock.random(),
      deadlineMs: Math.min(untilMs, clock.deadlineMs),
    };
  }
}

interface Read<S> {
  readonly state: S;
  readonly tag: string | null;
}

/**
 * What does not read as this version's state is null, and is written anew by the next change: state that only spares
 * partners must never hold a sink up for good.
 */
export const readState = <S extends SharedState>(body: string | null, isState: Is<S>): S | null =>
  body === null ? null : parsedAs(body, isState);
