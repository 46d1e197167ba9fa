import { setMaxListeners } from 'node:events';
import { systemClock } from '../app/clock';
import type { Clock } from '../core/deliver';

/**
 * How a replay ends early. Once asked, nothing new is begun and no wait goes on; what is open may finish, and is cut
 * when the grace is over. What was not confirmed by then counts as in flight.
 */
export class Stop {
  private readonly asking = new AbortController();
  private readonly cutting = new AbortController();
  private readonly system: Clock;

  constructor() {
    // Each open request and each wait of every sink listens; Node warns of a leak from the eleventh on.
    setMaxListeners(0, this.asking.signal, this.cutting.signal);
    this.system = systemClock(Number.POSITIVE_INFINITY, this.asking.signal);
  }

  get isAsked(): boolean {
    return this.asking.signal.aborted;
  }

  /** Aborted at once when the stop is asked for. */
  get asked(): AbortSignal {
    return this.asking.signal;
  }

  /** Aborted when open requests must end now. */
  get cut(): AbortSignal {
    return this.cutting.signal;
  }

  /** Milliseconds that open requests may still take. Asking again changes nothing. */
  ask(graceMs: number): void {
    if (this.isAsked) return;
    this.asking.abort();
    setTimeout(() => this.cutting.abort(), graceMs).unref();
  }

  /** The machine's clock, whose deadline is now once the stop was asked for: the flow then ends as at the end of a Lambda's time. */
  clock(): Clock {
    const { nowMs, sleep, random } = this.system;
    const { asked } = this;
    return {
      nowMs,
      sleep,
      random,
      get deadlineMs() {
        return asked.aborted ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
      },
    };
  }
}
