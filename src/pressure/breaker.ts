import type { Clock } from '../core/deliver';
import { type StateStore, StoreUnavailable } from '../store/state-store';
import {
  afterFailure,
  type BreakerState,
  isShut,
  type OpenBreaker,
  probeLeftMs,
  readBreaker,
  type SinkStop,
} from './breaker-state';
import { type Decision, SharedObject } from './shared-object';

/** Whether a run may send to the sink. */
export type BreakerAnswer =
  | { readonly kind: 'closed' }
  /** Nothing may be sent; asking again is of no use before `waitMs`. */
  | { readonly kind: 'open'; readonly waitMs: number; readonly code: string; readonly reason: string }
  /** This run, and no other anywhere, tries whether the sink is back: it must tell what it found. */
  | { readonly kind: 'probe' }
  /** The store cannot be reached: nobody knows. */
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * So long one answer `closed` serves, by this machine's monotonic clock: the ten files of a batch of messages cost one
 * read. At worst a run begins that late on a sink that is shut, and finds out by itself.
 */
const CLOSED_FOR_MS = 5_000;

const DEFAULT_PROBE_MS = 60_000;

/** While another run tries: mostly its first request tells, long before its time is used up. */
const MAX_PROBE_WAIT_MS = 30_000;
const PROBE_WAIT_JITTER = 0.2;

/** Fifty runs that fail together are through within a second; what takes longer is a store in trouble. */
const PATIENCE_MS = 3_000;

/**
 * One sink's breaker, shared by all that send to it: once one run finds the sink down, none sends until the wait is
 * over, and then a single one tries. Kept in `breaker/v1/{model}/{sink}`; its times are the store's alone.
 */
export class Breaker {
  private readonly shared: SharedObject<BreakerState>;
  /** What this instance was last admitted under; `mayTell`: a success would be news. */
  private admitted: { readonly changes: number; readonly mayTell: boolean } | null = null;
  private closedUntilMs = Number.NEGATIVE_INFINITY;
  private probeWriteId: string | null = null;

  constructor(
    private readonly store: StateStore,
    model: string,
    sink: string,
    private readonly clock: Clock,
  ) {
    this.shared = new SharedObject(store, `breaker/v1/${model}/${sink}`, readBreaker, clock);
  }

  /** `probeMs`: how long this run may take; a prober that was killed holds the others up for that long. */
  async ask(probeMs = DEFAULT_PROBE_MS): Promise<BreakerAnswer> {
    if (this.clock.nowMs() < this.closedUntilMs) return { kind: 'closed' };
    try {
      const answer = await this.shared.change((state) => this.judged(state, probeMs), this.untilMs());
      return answer ?? { kind: 'unknown', reason: 'too many write the breaker at once' };
    } catch (error) {
      return { kind: 'unknown', reason: unavailable(error).message };
    }
  }

  /** The sink is down, or will have none of us. False when the store cannot be reached. */
  async opened(stop: SinkStop): Promise<boolean> {
    this.closedUntilMs = Number.NEGATIVE_INFINITY;
    this.probeWriteId = null;
    return this.told((state) => {
      const isCurrent = this.admitted === null || this.admitted.changes === state.changes;
      return { write: afterFailure(state, stop, { nowMs: this.store.nowMs(), isCurrent }), done: () => true };
    });
  }

  /** The sink took something. Costs no call where this instance saw the breaker closed. False as in `opened`. */
  async succeeded(): Promise<boolean> {
    const { admitted } = this;
    if (admitted?.mayTell === false) return true;
    this.probeWriteId = null;
    return this.told((state) => {
      // Shut anew since this run was admitted: what was found later holds.
      const isCurrent = admitted === null || admitted.changes === state.changes;
      const write = state.open !== null && isCurrent ? { ...state, changes: state.changes + 1, open: null } : null;
      return { write, done: (now) => this.admit(now, false) };
    });
  }

  /** The run ended without having sent anything: another may try at once. Costs no call without a probe. */
  async handBack(): Promise<boolean> {
    const mine = this.probeWriteId;
    if (mine === null) return true;
    this.probeWriteId = null;
    return this.told((state) => {
      const isMine = state.writeId === mine && state.open !== null;
      return { write: isMine ? withProbe(state, state.open, null) : null, done: () => true };
    });
  }

  private judged(state: BreakerState, probeMs: number): Decision<BreakerState, BreakerAnswer> {
    const { open } = state;
    if (open === null) return { write: null, done: (closed) => this.nowClosed(closed) };
    const waitMs = this.waitMs(open);
    if (waitMs > 0)
      return { write: null, done: () => ({ kind: 'open', waitMs, code: open.code, reason: open.reason }) };
    return {
      write: withProbe(state, open, this.store.nowMs() + probeMs),
      done: (probing) => this.nowProbing(probing),
    };
  }

  /** 0: somebody may try. */
  private waitMs(open: OpenBreaker): number {
    const nowMs = this.store.nowMs();
    if (isShut(open, nowMs)) return open.untilMs - nowMs;
    const probeMs = probeLeftMs(open, nowMs);
    if (probeMs === 0) return 0;
    return Math.min(MAX_PROBE_WAIT_MS, probeMs) * (1 + PROBE_WAIT_JITTER * this.clock.random());
  }

  private admit({ changes }: BreakerState, mayTell: boolean): true {
    this.admitted = { changes, mayTell };
    return true;
  }

  private nowClosed(state: BreakerState): BreakerAnswer {
    this.admit(state, false);
    this.closedUntilMs = this.clock.nowMs() + CLOSED_FOR_MS;
    return { kind: 'closed' };
  }

  private nowProbing(state: BreakerState): BreakerAnswer {
    this.admit(state, true);
    this.probeWriteId = state.writeId;
    return { kind: 'probe' };
  }

  private untilMs(): number {
    return this.clock.nowMs() + PATIENCE_MS;
  }

  private async told(decide: (state: BreakerState) => Decision<BreakerState, boolean>): Promise<boolean> {
    try {
      return (await this.shared.change(decide, this.untilMs())) ?? false;
    } catch (error) {
      unavailable(error);
      return false;
    }
  }
}

const withProbe = (state: BreakerState, open: OpenBreaker, probeUntilMs: number | null): BreakerState => ({
  ...state,
  open: { ...open, probeUntilMs },
});

/** Anything but an unreachable store is a bug, and not to be hidden. */
function unavailable(error: unknown): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error;
  throw error;
}
