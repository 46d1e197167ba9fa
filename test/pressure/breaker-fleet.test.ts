import { Breaker, type BreakerAnswer } from '../../src/pressure/breaker';
import type { SinkStop } from '../../src/pressure/breaker-state';
import { growingDelaySeconds } from '../../src/pressure/growing-delay';
import { MemoryStore } from '../support/memory-store';
import { VirtualClock } from '../support/virtual-clock';

const KEY = 'breaker/v1/churn/arthur';
const HOUR_MS = 3_600_000;
const DOWN: SinkStop = { kind: 'unavailable', code: 'SINK_UNAVAILABLE', reason: '503', waitMs: null };

/** Machines whose own clocks are minutes apart, on a store whose calls take time and race. */
function fleet({ machines = 50, seed = 1 } = {}) {
  const clock = new VirtualClock({ seed });
  const store = new MemoryStore({ nowMs: clock.nowMs, travel: () => clock.sleep(5 + 20 * clock.random()) });
  const breakers = Array.from({ length: machines }, (_, at) => {
    const view = clock.view({ offsetMs: (at - machines / 2) * 41_000 });
    return new Breaker(store.seenFrom({ machineMs: view.nowMs }), 'churn', 'arthur', view);
  });
  const newcomer = (): Breaker => new Breaker(store, 'churn', 'arthur', clock);
  const askAll = (): Promise<BreakerAnswer[]> => Promise.all(breakers.map((each) => each.ask()));
  /** Opened just now, and its first wait over. */
  const halfOpen = async (): Promise<void> => {
    const run = newcomer();
    await run.ask();
    await run.opened(DOWN);
    await clock.sleep(30_000);
  };
  const stored = async () =>
    JSON.parse((await store.get(KEY))?.body ?? 'null') as { changes: number; open: { failures: number } | null };
  return { clock, store, breakers, newcomer, askAll, halfOpen, stored };
}

const probes = (answers: readonly BreakerAnswer[]): number => answers.filter(({ kind }) => kind === 'probe').length;

describe('a breaker that many runs share', () => {
  test.each([1, 2, 3, 4, 5])('counts 50 runs that fail at once as one step of growth (seed %i)', async (seed) => {
    const { clock, store, breakers, newcomer, askAll, stored } = fleet({ seed });

    await clock.run(async () => {
      await askAll();
      const told = await Promise.all(breakers.map((each) => each.opened({ ...DOWN, waitMs: 40_000 })));

      expect(told).not.toContain(false);
      expect(await stored()).toMatchObject({ changes: 1, open: { failures: 1 } });
      expect(store.calls.put).toBeLessThanOrEqual(100);
      const answer = await newcomer().ask();
      expect(answer.kind === 'open' ? answer.waitMs : 0).toBeLessThanOrEqual(41_000);
    });
  });

  test.each([1, 2, 3, 4, 5])('lets exactly one of 50 try when the wait is over (seed %i)', async (seed) => {
    const { clock, askAll, halfOpen } = fleet({ seed });

    await clock.run(async () => {
      await halfOpen();
      const answers = await askAll();

      expect(probes(answers)).toBe(1);
      for (const answer of answers)
        if (answer.kind !== 'probe') {
          expect(answer.kind).toBe('open');
          expect(answer.kind === 'open' ? answer.waitMs : 0).toBeLessThanOrEqual(36_000);
        }
      expect(new Set(answers.map((each) => (each.kind === 'open' ? each.waitMs : 0))).size).toBeGreaterThan(40);
    });
  });

  test('lets one other try when the prober was killed, and not before its time is used up', async () => {
    const { clock, newcomer, askAll, halfOpen } = fleet();

    await clock.run(async () => {
      await halfOpen();
      expect(await newcomer().ask(120_000)).toEqual({ kind: 'probe' });
      await clock.sleep(119_000);
      expect(probes(await askAll())).toBe(0);
      await clock.sleep(1_000);

      expect(probes(await askAll())).toBe(1);
    });
  });

  test('lets another try at once when the prober had nothing to send', async () => {
    const { clock, store, newcomer, halfOpen } = fleet();

    await clock.run(async () => {
      await halfOpen();
      const [idle, other] = [newcomer(), newcomer()];
      await idle.ask();
      await idle.handBack();
      expect(await other.ask()).toEqual({ kind: 'probe' });
      const before = { ...store.calls };
      await idle.handBack();
      expect(store.calls).toEqual(before);

      expect(await newcomer().ask()).toMatchObject({ kind: 'open' });
    });
  });

  test('does not take the probe from another when a late prober hands it back', async () => {
    const { clock, newcomer, halfOpen } = fleet();

    await clock.run(async () => {
      await halfOpen();
      const [late, other] = [newcomer(), newcomer()];
      await late.ask();
      await clock.sleep(60_000);
      expect(await other.ask()).toEqual({ kind: 'probe' });
      await late.handBack();

      expect(await newcomer().ask()).toMatchObject({ kind: 'open' });
    });
  });

  test('is not opened by a run that began before it was shut and cured', async () => {
    const { clock, newcomer, halfOpen } = fleet();

    await clock.run(async () => {
      const slow = newcomer();
      await slow.ask();
      await halfOpen();
      const prober = newcomer();
      await prober.ask();
      await prober.succeeded();
      await slow.opened(DOWN);
      expect(await newcomer().ask()).toEqual({ kind: 'closed' });

      // What the partner asks for holds all the same.
      await slow.opened({ ...DOWN, waitMs: 10_000 });
      expect(await newcomer().ask()).toMatchObject({ kind: 'open' });
    });
  });

  test('is not closed by a prober that comes back after a later one has failed', async () => {
    const { clock, newcomer, halfOpen } = fleet();

    await clock.run(async () => {
      await halfOpen();
      const [late, later] = [newcomer(), newcomer()];
      await late.ask();
      await clock.sleep(60_000);
      await later.ask();
      await later.opened(DOWN);
      await late.succeeded();

      expect(await newcomer().ask()).toMatchObject({ kind: 'open' });
    });
  });

  test('is not opened by a prober that comes back after a later one has succeeded', async () => {
    const { clock, newcomer, halfOpen } = fleet();

    await clock.run(async () => {
      await halfOpen();
      const [late, later] = [newcomer(), newcomer()];
      await late.ask();
      await clock.sleep(60_000);
      await later.ask();
      await later.succeeded();
      await late.opened(DOWN);

      expect(await newcomer().ask()).toEqual({ kind: 'closed' });
    });
  });

  test('spares a sink that is down for six hours, loses no time when it is back, and counts no clock but one', async () => {
    const { clock, breakers } = fleet();
    const upMs = clock.nowMs() + 6 * HOUR_MS;
    const sentMs: number[] = [];
    let firstPassedMs = 0;

    // Each machine has one file after another, put back as SQS would.
    const machine = async (breaker: Breaker): Promise<void> => {
      for (let waits = 0; clock.nowMs() < upMs + HOUR_MS; waits += 1) {
        const gate = await breaker.ask();
        let waitMs = gate.kind === 'open' ? gate.waitMs : null;
        if (gate.kind === 'closed' || gate.kind === 'probe') {
          sentMs.push(clock.nowMs());
          await clock.sleep(200);
          if (clock.nowMs() >= upMs) {
            if (firstPassedMs === 0) firstPassedMs = clock.nowMs();
            await breaker.succeeded();
            return;
          }
          await breaker.opened(DOWN);
          waitMs = null;
        }
        await clock.sleep(growingDelaySeconds(waits, waitMs, clock.random) * 1_000);
      }
    };
    await clock.run(async () => {
      await Promise.all(breakers.map(machine));
    });

    // 50 at the start, then one in five minutes.
    expect(sentMs.filter((at) => at < upMs).length).toBeLessThanOrEqual(50 + 6 * 12 + 5);
    expect(firstPassedMs - upMs).toBeLessThanOrEqual(600_000);
    // All of the 50 got through in the end, none before the first probe had succeeded.
    expect(sentMs.filter((at) => at >= firstPassedMs)).toHaveLength(49);
    expect(clock.nowMs() - upMs).toBeLessThan(1_800_000);
  });
});
