import { RateLimit } from '../../src/pressure/rate-limit';
import { MemoryStore } from '../support/memory-store';
import { VirtualClock } from '../support/virtual-clock';

export interface FleetOptions {
  readonly runners: number;
  readonly perSecond: number;
  readonly seconds: number;
  /** Requests that one run needs. */
  readonly needs: (random: () => number) => number;
  /** `each run`: a new process every time, as after a cold start. */
  readonly newProcess: 'each run' | 'never';
  readonly givesBack?: boolean;
  readonly inFlight?: number;
  /** How long a request takes on average. */
  readonly requestMs?: number;
  /** How far apart the machines' ideas of the store's clock are. */
  readonly spreadMs?: number;
  readonly seed?: number;
}

export interface FleetResult {
  /** When each request went, in order. */
  readonly sentMs: readonly number[];
  /** Of what the rate allows. */
  readonly usedShare: number;
  readonly requestsPerWrite: number;
  readonly readsPerRequest: number;
}

/** An endless backlog for so many runners, each on a machine of its own whose clock is minutes off. */
export async function runFleet(options: FleetOptions): Promise<FleetResult> {
  const { runners, perSecond, seconds, seed = 1 } = options;
  const clock = new VirtualClock({ seed });
  const store = new MemoryStore({
    nowMs: clock.nowMs,
    // There and back: some 30 ms for a read, some 40 ms for a write, as S3 takes.
    travel: (operation) =>
      clock.sleep((operation === 'put' ? 10 : 8) + (operation === 'put' ? 20 : 14) * clock.random()),
  });
  const sentMs: number[] = [];
  const endMs = clock.nowMs() + seconds * 1_000;
  const runner = (at: number): Promise<void> => runMachine(at, options, { clock, store, endMs, sentMs });
  await clock.run(async () => {
    await Promise.all(Array.from({ length: runners }, (_, at) => runner(at)));
  });
  return {
    sentMs,
    usedShare: sentMs.filter((at) => at < endMs).length / (perSecond * seconds),
    requestsPerWrite: sentMs.length / store.calls.put,
    readsPerRequest: store.calls.get / sentMs.length,
  };
}

interface World {
  readonly clock: VirtualClock;
  readonly store: MemoryStore;
  readonly endMs: number;
  readonly sentMs: number[];
}

async function runMachine(at: number, options: FleetOptions, { clock, store, endMs, sentMs }: World): Promise<void> {
  const { perSecond, needs, newProcess, givesBack = true, inFlight = 1, requestMs = 0, spreadMs = 0 } = options;
  const view = clock.view({ offsetMs: (at - options.runners / 2) * 77_000 });
  const seen = store.seenFrom({ machineMs: view.nowMs, skewMs: -spreadMs * clock.random() });
  const process = (): RateLimit => new RateLimit(seen, 'churn', 'arthur', perSecond, view);
  let limit = process();
  while (clock.nowMs() < endMs) {
    if (newProcess === 'each run') limit = process();
    let left = needs(clock.random);
    const worker = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const answer = await limit.take(view.nowMs() + 60_000);
        if (answer.kind === 'go') {
          sentMs.push(clock.nowMs());
          if (requestMs > 0) await clock.sleep(requestMs * (0.5 + clock.random()));
        } else {
          left += 1;
          await clock.sleep(answer.waitMs);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(inFlight, left) }, worker));
    if (givesBack) await limit.giveBack();
  }
}

/** By how much the fullest of all windows, of whatever length, holds more than rate × length. */
export function largestBurst(sentMs: readonly number[], perSecond: number): number {
  let largest = 0;
  let before = Number.NEGATIVE_INFINITY;
  for (const [at, ms] of sentMs.entries()) {
    const due = (ms * perSecond) / 1_000;
    before = Math.max(before, due - at);
    largest = Math.max(largest, at + 1 - due + before);
  }
  return largest;
}

export const oneToTwenty = (random: () => number): number => 1 + Math.floor(random() * 20);
