import type { Clock } from '../../src/core/deliver';
import { Breaker, type BreakerAnswer } from '../../src/pressure/breaker';
import type { SinkStop } from '../../src/pressure/breaker-state';
import { MemoryStore } from '../support/memory-store';
import { VirtualClock } from '../support/virtual-clock';

const KEY = 'breaker/v1/churn/arthur';

function world() {
  const clock = new VirtualClock();
  const store = new MemoryStore({ nowMs: clock.nowMs });
  const breaker = (view: Clock = clock): Breaker => new Breaker(store, 'churn', 'arthur', view);
  /** What somebody who knows nothing yet is told. */
  const asked = (): Promise<BreakerAnswer> => breaker().ask();
  /** The next failure in a row: a run that was let through, and found the sink as `stop` says. */
  const failure = async (stop: SinkStop): Promise<number> => {
    const run = breaker();
    await run.ask();
    await run.opened(stop);
    const answer = await asked();
    return answer.kind === 'open' ? answer.waitMs : 0;
  };
  return { clock, store, breaker, asked, failure };
}

const DOWN: SinkStop = { kind: 'unavailable', code: 'SINK_UNAVAILABLE', reason: '503 from the sink', waitMs: null };
const WRONG: SinkStop = {
  kind: 'misconfigured',
  code: 'SINK_TOKEN_REFUSED',
  reason: '401 from the sink',
  waitMs: null,
};

describe('a breaker', () => {
  test('is closed when nothing was ever written, and asks the store once for a batch of messages', async () => {
    const { clock, store, breaker } = world();
    const one = breaker();

    await clock.run(async () => {
      for (let file = 0; file < 10; file += 1) {
        expect(await one.ask()).toEqual({ kind: 'closed' });
        expect(await one.succeeded()).toBe(true);
        await clock.sleep(499);
      }
      expect(store.calls).toEqual({ get: 1, put: 0, list: 0, remove: 0 });
      await clock.sleep(10);
      await one.ask();
    });

    expect(store.calls).toEqual({ get: 2, put: 0, list: 0, remove: 0 });
  });

  test('tells everybody what one run found, and why', async () => {
    const { clock, asked, failure } = world();

    await clock.run(async () => {
      await failure(DOWN);

      expect(await asked()).toEqual({
        kind: 'open',
        waitMs: 30_000,
        code: 'SINK_UNAVAILABLE',
        reason: '503 from the sink',
      });
    });
  });

  test('believes no earlier answer of its own once it has found the sink down', async () => {
    const { clock, breaker } = world();
    const one = breaker();

    await clock.run(async () => {
      await one.ask();
      await one.opened(DOWN);

      expect(await one.ask()).toMatchObject({ kind: 'open' });
    });
  });

  test.each([
    ['down', DOWN, [30, 60, 120, 240, 300, 300]],
    ['misconfigured', WRONG, [60, 120, 240, 480, 900, 900]],
  ])('waits longer with each probe that finds the sink %s', async (_what, stop, seconds) => {
    const { clock, failure } = world();
    const waited: number[] = [];

    await clock.run(async () => {
      for (const _ of seconds) {
        const waitMs = await failure(stop);
        waited.push(waitMs / 1_000);
        await clock.sleep(waitMs);
      }
    });

    expect(waited).toEqual(seconds);
  });

  test('begins anew with short waits when the trouble is of another kind', async () => {
    const { clock, failure } = world();

    await clock.run(async () => {
      for (let probe = 0; probe < 6; probe += 1) await clock.sleep(await failure(DOWN));

      expect(await failure(WRONG)).toBe(60_000);
    });
  });

  test('waits at least as long as the partner asked for, and an hour at most', async () => {
    const { clock, failure } = world();

    await clock.run(async () => {
      const asked = await failure({ ...DOWN, waitMs: 600_000 });
      expect(asked).toBeGreaterThanOrEqual(600_000);
      expect(asked).toBeLessThanOrEqual(601_000);
      await clock.sleep(asked);

      expect(await failure({ ...DOWN, waitMs: 2_000 })).toBe(60_000);
      await clock.sleep(60_000);
      expect(await failure({ ...DOWN, waitMs: 4e11 })).toBe(3_601_000);
    });
  });

  test('is never opened for less than it is already', async () => {
    const { clock, breaker, asked } = world();

    await clock.run(async () => {
      const runs = [breaker(), breaker(), breaker()];
      for (const run of runs) await run.ask();
      await runs[0]?.opened({ ...DOWN, waitMs: 100_000 });
      await runs[1]?.opened({ ...DOWN, waitMs: 40_000 });
      await runs[2]?.opened(WRONG);

      const answer = await asked();
      expect(answer).toMatchObject({ kind: 'open', code: 'SINK_UNAVAILABLE' });
      expect(answer.kind === 'open' ? answer.waitMs : 0).toBeGreaterThanOrEqual(100_000);
    });
  });

  test('grows by no failure of a run that never asked, while it is shut', async () => {
    const { clock, breaker, asked, failure } = world();

    await clock.run(async () => {
      await failure(DOWN);
      await breaker().opened(DOWN);

      expect(await asked()).toMatchObject({ waitMs: 30_000 });
    });
  });

  test('is closed again for all by the first success, and grows from the start next time', async () => {
    const { clock, breaker, asked, failure } = world();

    await clock.run(async () => {
      await clock.sleep(await failure(DOWN));
      await clock.sleep(await failure(DOWN));
      const prober = breaker();
      expect(await prober.ask()).toEqual({ kind: 'probe' });
      expect(await prober.succeeded()).toBe(true);

      expect(await asked()).toEqual({ kind: 'closed' });
      expect(await prober.ask()).toEqual({ kind: 'closed' });
      expect(await failure(DOWN)).toBe(30_000);
    });
  });

  test('that a process closed itself is not closed to it for ever', async () => {
    const { clock, breaker, failure } = world();

    await clock.run(async () => {
      await clock.sleep(await failure(DOWN));
      const prober = breaker();
      await prober.ask();
      await prober.succeeded();
      await failure(DOWN);

      expect(await prober.ask()).toMatchObject({ kind: 'open' });
    });
  });

  test('tells of a success once, and not with each batch', async () => {
    const { clock, store, breaker, failure } = world();

    await clock.run(async () => {
      await clock.sleep(await failure(DOWN));
      const prober = breaker();
      await prober.ask();
      await prober.succeeded();
      const before = { ...store.calls };
      for (let batch = 0; batch < 100; batch += 1) await prober.succeeded();

      expect(store.calls).toEqual(before);
    });
  });

  test('keeps no more of a reason than 500 characters', async () => {
    const { clock, store, asked, failure } = world();

    await clock.run(async () => {
      await failure({ ...DOWN, reason: '<html>'.repeat(100_000) });
      const answer = await asked();

      expect(answer.kind === 'open' ? answer.reason : '').toHaveLength(500);
      expect((await store.get(KEY))?.body.length).toBeLessThan(1_000);
    });
  });

  test.each([
    ['is no JSON', '{"schema":1,'],
    ['is of another version', '{"schema":2,"open":{}}'],
    ['has no members', '{"schema":1}'],
    ['is open without saying why', '{"schema":1,"writeId":"w","changes":1,"open":{}}'],
    [
      'is open until no moment',
      '{"schema":1,"writeId":"w","changes":1,"open":{"kind":"unavailable","code":"C","reason":"r","failures":1,"untilMs":null,"probeUntilMs":null}}',
    ],
  ])('is closed when what is stored %s', async (_why, body) => {
    const { clock, store, asked, failure } = world();

    await clock.run(async () => {
      await store.put(KEY, body, 'any');
      expect(await asked()).toEqual({ kind: 'closed' });

      expect(await failure(DOWN)).toBe(30_000);
    });
  });

  test('may be tried when it is shut until tomorrow, because the clock was set back', async () => {
    const { clock, store, asked, failure } = world();

    await clock.run(async () => {
      await failure(DOWN);
      const body = (await store.get(KEY))?.body ?? '';
      await store.put(KEY, body.replace(/"untilMs":\d+/, `"untilMs":${clock.nowMs() + 86_400_000}`), 'any');

      expect(await asked()).toEqual({ kind: 'probe' });
    });
  });

  test('may be tried when another run would try until tomorrow, which no run can', async () => {
    const { clock, store, asked, failure } = world();

    await clock.run(async () => {
      await failure(DOWN);
      const body = (await store.get(KEY))?.body ?? '';
      await clock.sleep(30_001);
      const tried = (untilMs: number): string => body.replace('"probeUntilMs":null', `"probeUntilMs":${untilMs}`);
      await store.put(KEY, tried(clock.nowMs() + 86_400_000), 'any');

      expect(await asked()).toEqual({ kind: 'probe' });

      await store.put(KEY, tried(clock.nowMs() + 900_000), 'any');

      expect(await asked()).toMatchObject({ kind: 'open' });
    });
  });
});

describe('a breaker whose store is in trouble', () => {
  test('says that nobody knows, fails nothing, and goes on ten minutes later', async () => {
    const { clock, store, breaker, failure } = world();

    await clock.run(async () => {
      await clock.sleep(await failure(DOWN));
      const prober = breaker();
      await prober.ask();
      store.faults.isDown = true;
      for (let minute = 0; minute < 10; minute += 1) {
        expect(await prober.ask()).toEqual({ kind: 'unknown', reason: expect.stringContaining('503 Slow Down') });
        expect(await prober.opened(DOWN)).toBe(false);
        expect(await breaker().succeeded()).toBe(false);
        await clock.sleep(60_000);
      }
      store.faults.isDown = false;

      expect(await breaker().ask()).toEqual({ kind: 'probe' });
    });
  });

  test('counts a failure once when the answer to its write is lost, and rides out conflicts', async () => {
    const { clock, store, breaker, asked } = world();

    await clock.run(async () => {
      const run = breaker();
      await run.ask();
      Object.assign(store.faults, { loseNextAnswers: 1, conflictNext: 2 });
      expect(await run.opened(DOWN)).toBe(true);

      const answer = await asked();
      expect(answer.kind === 'open' ? answer.waitMs : 0).toBeLessThanOrEqual(30_000);
      expect(JSON.parse((await store.get(KEY))?.body ?? '')).toMatchObject({ changes: 1, open: { failures: 1 } });
    });
  });

  test('gives its probe to the run whose answer was lost, and to nobody else', async () => {
    const { clock, store, asked, failure } = world();

    await clock.run(async () => {
      await clock.sleep(await failure(DOWN));
      store.faults.loseNextAnswers = 1;

      expect(await asked()).toEqual({ kind: 'probe' });
      expect(await asked()).toMatchObject({ kind: 'open' });
    });
  });
});
