import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Clock } from '../../src/core/deliver';

/** A run that has not ended by then never will. */
const MAX_RUN_MS = 30 * 86_400_000;

/** Some 2 s in which work that nobody told of (a file read) may still end while nobody sleeps. */
const MAX_IDLE_TURNS = 2_000;

interface Sleeper {
  readonly wakeMs: number;
  readonly wake: () => void;
}

/**
 * Time that passes only while everybody sleeps: hours in milliseconds, the same every time. Drive it with `run`; give
 * each machine of a simulation its own `view`.
 */
export class VirtualClock implements Clock {
  readonly deadlineMs = Number.POSITIVE_INFINITY;
  private readonly sleepers: Sleeper[] = [];
  private currentMs: number;
  private realWork = 0;
  private seed: number;

  constructor({ startMs = Date.UTC(2026, 8, 1), seed = 1 }: { startMs?: number; seed?: number } = {}) {
    this.currentMs = startMs;
    this.seed = seed;
  }

  readonly nowMs = (): number => this.currentMs;

  readonly sleep = (ms: number): Promise<void> => {
    if (Number.isNaN(ms)) return Promise.reject(new RangeError('a sleep of NaN ms'));
    const wakeMs = this.currentMs + Math.max(0, ms);
    return new Promise((wake) => {
      // Behind those that wake at the same moment: first come, first woken.
      const at = this.sleepers.findLastIndex((sleeper) => sleeper.wakeMs <= wakeMs) + 1;
      this.sleepers.splice(at, 0, { wakeMs, wake });
    });
  };

  /** mulberry32: from 0 to below 1, the same row of numbers for the same seed. */
  readonly random = (): number => {
    this.seed = (this.seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.seed ^ (this.seed >>> 15), this.seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };

  /** The same time as another machine has it: its clock stands elsewhere, and its run must end. */
  view({ offsetMs = 0, deadlineInMs = Number.POSITIVE_INFINITY }: { offsetMs?: number; deadlineInMs?: number }): Clock {
    const nowMs = (): number => this.currentMs + offsetMs;
    return { nowMs, deadlineMs: nowMs() + deadlineInMs, sleep: this.sleep, random: this.random };
  }

  /** Files, sockets, child processes: time stands still until they are done. */
  async real<T>(work: Promise<T>): Promise<T> {
    this.realWork += 1;
    return work.finally(() => {
      this.realWork -= 1;
    });
  }

  /** Moves time from sleeper to sleeper until what `start` began is settled; sleepers that are left stay asleep. */
  async run<T>(start: () => Promise<T>): Promise<T> {
    let isSettled = false;
    const running = start().finally(() => {
      isSettled = true;
    });
    // Looked at below; until then nobody may take its failure for an unhandled one.
    running.catch(() => undefined);
    const lastMs = this.currentMs + MAX_RUN_MS;
    for (let idleTurns = 0; ; ) {
      // All microtasks and what they began; twice, because code under test may use setImmediate itself.
      await setImmediate();
      await setImmediate();
      if (isSettled) return running;
      if (this.realWork > 0) continue;
      const next = this.sleepers.shift();
      if (next === undefined) {
        idleTurns += 1;
        await setTimeout(1);
        if (idleTurns > MAX_IDLE_TURNS) throw new Error('nobody sleeps and nothing settles: it waits for ever');
      } else {
        idleTurns = 0;
        if (next.wakeMs > lastMs) throw new Error(`still running after ${MAX_RUN_MS / 86_400_000} days`);
        this.currentMs = Math.max(this.currentMs, next.wakeMs);
        next.wake();
      }
    }
  }
}
