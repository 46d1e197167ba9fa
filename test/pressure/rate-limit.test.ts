import type { Clock } from '../../src/core/deliver';
import { Places } from '../../src/pressure/places';
import { RateLimit } from '../../src/pressure/rate-limit';
import { MemoryStore } from '../support/memory-store';
import { VirtualClock } from '../support/virtual-clock';
import { largestBurst } from './fleet';

const KEY = 'rate/v1/churn/arthur';
const MINUTE_MS = 60_000;

function world(travelMs = 0) {
  const clock = new VirtualClock();
  let isToBeCutOff = false;
  let puts = 0;
  const store: MemoryStore = new MemoryStore({
    nowMs: clock.nowMs,
    travel: async (operation) => {
      if (travelMs > 0) await clock.sleep(travelMs);
      if (operation !== 'put' || !isToBeCutOff) return;
      puts += 1;
      // On its way back.
      if (puts === 2) store.faults.isDown = true;
    },
  });
  return {
    clock,
    store,
    startMs: clock.nowMs(),
    soon: (ms = MINUTE_MS): number => clock.nowMs() + ms,
    limit: (perSecond = 1, view: Clock = clock) => new RateLimit(store, 'churn', 'arthur', perSecond, view),
    /** The next write lands, its answer does not come back, and nothing can be read from then on. */
    cutOffAfterPut: () => {
      isToBeCutOff = true;
      store.faults.loseNextAnswers = 1;
    },
  };
}

describe('a rate limit', () => {
  test('lets the first request go at once, for one read and one write', async () => {
    const { clock, store, limit, soon, startMs } = world();

    const answer = await clock.run(() => limit().take(soon()));

    expect(answer).toEqual({ kind: 'go' });
    expect(clock.nowMs()).toBe(startMs);
    expect(store.calls).toMatchObject({ get: 1, put: 1 });
  });

  test('makes the requests of two processes wait for their places', async () => {
    const { clock, limit, soon, startMs } = world();
    const [one, other] = [limit(), limit()];
    const sent: number[] = [];

    await clock.run(async () => {
      for (const each of [one, other, one, other]) {
        await each.take(soon());
        sent.push(clock.nowMs() - startMs);
      }
    });

    // The first place may be the one just past.
    expect(sent).toEqual([0, 400, 1_400, 2_400]);
  });

  test('says later, and reserves nothing, when the place comes after the latest moment', async () => {
    const { clock, store, limit, soon } = world();

    await clock.run(async () => {
      const one = limit(0.1);
      await one.take(soon());
      const body = (await store.get(KEY))?.body;
      for (const refused of [await one.take(soon(5_000)), await limit(0.1).take(soon(5_000))]) {
        const waitMs = refused.kind === 'later' ? refused.waitMs : 0;
        expect(waitMs).toBeGreaterThanOrEqual(9_400);
        expect(waitMs).toBeLessThanOrEqual(9_400 * 1.2);
      }
      expect((await store.get(KEY))?.body).toBe(body);
    });
  });

  test('says later at once when the latest moment is past', async () => {
    const { clock, store, limit, soon } = world();

    expect(await clock.run(() => limit().take(soon(-1)))).toMatchObject({ kind: 'later' });
    expect(store.calls).toMatchObject({ get: 0, put: 0 });
  });

  test('says later when the place it has comes after the latest moment, and keeps it for whoever has time', async () => {
    const { clock, store, limit, soon } = world();
    const one = limit(20);

    await clock.run(async () => {
      for (let request = 0; request < 20; request += 1) await one.take(soon());
      const calls = { ...store.calls };
      expect(await one.take(soon(1))).toMatchObject({ kind: 'later' });
      expect(await one.take(soon(50))).toEqual({ kind: 'go' });

      expect(store.calls).toEqual(calls);
    });
  });

  test('refuses one request that has no time, and waits with the other that has', async () => {
    const { clock, limit, soon } = world(20);

    await clock.run(async () => {
      await limit(0.1).take(soon());
      const one = limit(0.1);
      const both = Promise.all([one.take(soon(1_000)), one.take(soon())]);

      expect(await both).toEqual([expect.objectContaining({ kind: 'later' }), { kind: 'go' }]);
    });
  });

  test('does not tell many to come back at the same moment', async () => {
    const { clock, limit, soon } = world();

    await clock.run(async () => {
      await limit(0.1).take(soon());
      const answers = await Promise.all(Array.from({ length: 20 }, () => limit(0.1).take(soon(1_000))));

      expect(new Set(answers.map((each) => (each.kind === 'later' ? each.waitMs : 0))).size).toBe(20);
    });
  });

  test('reserves once for all requests that wait in one process', async () => {
    const { clock, store, limit, soon } = world(20);

    await clock.run(async () => {
      const one = limit(20);
      await Promise.all(Array.from({ length: 8 }, () => one.take(soon())));
    });

    expect(store.calls).toMatchObject({ get: 1, put: 1 });
  });

  test('gives what a run did not need to the next one', async () => {
    const { clock, limit, soon, startMs } = world();

    const sent = await clock.run(async () => {
      const one = limit(10);
      for (let request = 0; request < 20; request += 1) await one.take(soon());
      await one.giveBack();
      await one.take(soon());
      const far = await waitOf(limit(10), clock, soon());
      await one.giveBack();
      return { far, near: await waitOf(limit(10), clock, soon()) };
    });

    expect(clock.nowMs() - startMs).toBeLessThan(3_000);
    expect(sent.near).toBeLessThan(sent.far);
  });

  test('gives back at no cost when nothing is left', async () => {
    const { clock, store, limit, soon } = world();
    const one = limit();

    await clock.run(async () => {
      await one.take(soon());
      await one.giveBack();
      await one.giveBack();
    });

    expect(store.calls.put).toBe(1);
  });

  test('reserves one place at a time for a process that sends now and then, however much it sent before', async () => {
    const { clock, store, limit, soon } = world();
    const one = limit(20);
    const nextMs = async (): Promise<number> =>
      (JSON.parse((await store.get(KEY))?.body ?? '') as { nextMs: number }).nextMs;

    await clock.run(async () => {
      for (let request = 0; request < 200; request += 1) await one.take(soon());
      for (let request = 0; request < 5; request += 1) {
        await clock.sleep(10_000);
        await one.take(soon());

        // The first place there is lies 600 ms back, the next one 50 ms after it.
        expect(clock.nowMs() - (await nextMs())).toBe(550);
      }
    });
  });

  test('takes its places in the order of time, however it came by them', () => {
    const { clock, store } = world();
    const places = new Places(store, KEY, 10, clock);

    places.add([300, 500]);
    places.add([100]);
    places.add([400]);

    expect([places.shift(200), places.shift(200), places.shift(200)]).toEqual([300, 400, 500]);
  });
});

describe('a rate limit in trouble', () => {
  test('lets nothing go while the store is down for ten minutes, and goes on afterwards', async () => {
    const { clock, store, limit, soon } = world();
    const [warm, cold] = [limit(), limit()];

    await clock.run(async () => {
      await warm.take(soon());
      store.faults.isDown = true;
      for (const endMs = soon(10 * MINUTE_MS); clock.nowMs() < endMs; )
        for (const each of [warm, cold]) {
          const answer = await each.take(soon());
          expect(answer.kind).toBe('later');
          if (answer.kind === 'later') await clock.sleep(answer.waitMs);
        }
      store.faults.isDown = false;

      expect(await cold.take(soon())).toEqual({ kind: 'go' });
      expect(await warm.take(soon())).toEqual({ kind: 'go' });
    });
  });

  test('fails no run when what it has cannot be given back', async () => {
    const { clock, store, limit, soon } = world();
    const one = limit(20);

    await clock.run(async () => {
      for (let request = 0; request < 20; request += 1) await one.take(soon());
      const { put } = store.calls;
      store.faults.isDown = true;
      await one.giveBack();

      expect(store.calls.put).toBeGreaterThan(put);
    });
  });

  test('never sends on a reservation of which nobody can tell whether it landed', async () => {
    const { clock, store, limit, soon, cutOffAfterPut } = world();

    await clock.run(async () => {
      cutOffAfterPut();
      expect(await limit(0.01).take(soon())).toMatchObject({ kind: 'later' });
      store.faults.isDown = false;

      // It did land: its place is lost, and the next one is another.
      expect(await limit(0.01).take(soon(5_000))).toMatchObject({ kind: 'later' });
    });
  });

  test('knows its own reservation again when only the answer was lost, and rides out conflicts', async () => {
    const { clock, store, limit, soon, startMs } = world();

    await clock.run(async () => {
      store.faults.loseNextAnswers = 1;
      expect(await limit().take(soon())).toEqual({ kind: 'go' });
      store.faults.conflictNext = 3;
      expect(await limit().take(soon())).toEqual({ kind: 'go' });
    });

    expect(clock.nowMs() - startMs).toBeLessThan(2_000);
  });

  test('does not send in a burst what machines that stood still had reserved', async () => {
    const { clock, limit, soon } = world();
    const sent: number[] = [];

    await clock.run(async () => {
      let isFrozen = false;
      const sleep = (ms: number): Promise<void> => clock.sleep(isFrozen ? MINUTE_MS : ms);
      const frozen = Array.from({ length: 5 }, () => limit(20, { ...clock.view({}), sleep }));
      for (let request = 0; request < 20; request += 1) await Promise.all(frozen.map((each) => each.take(soon())));
      isFrozen = true;
      const thawing = frozen.flatMap((each) =>
        Array.from({ length: 10 }, () => each.take(soon(10 * MINUTE_MS)).then(() => sent.push(clock.nowMs()))),
      );
      await clock.sleep(MINUTE_MS - 1);
      isFrozen = false;
      await Promise.all(thawing);
    });

    expect(sent).toHaveLength(50);
    expect(largestBurst(sent, 20)).toBeLessThanOrEqual(21);
  });

  test('sends nothing early when its sleep is cut short because the run ends', async () => {
    const { clock, limit, soon } = world();

    await clock.run(async () => {
      await limit(0.1).take(soon());
      const ending = limit(0.1, { ...clock.view({}), sleep: () => clock.sleep(100) });

      expect(await ending.take(soon())).toMatchObject({ kind: 'later' });
    });
  });

  test('still sends where a write takes three seconds', async () => {
    const { clock, store, limit, soon } = world(1_500);

    await clock.run(async () => {
      const slow = limit(5);
      for (let request = 0; request < 20; request += 1) expect(await slow.take(soon())).toEqual({ kind: 'go' });
    });

    expect(store.calls.put).toBeLessThan(20);
  });

  test.each([
    ['is no JSON', '{"schema":1,'],
    ['is of another version', '{"schema":2}'],
    ['has no members', '{"schema":1}'],
    ['holds a time that is none', '{"schema":1,"writeId":"w","perSecond":5,"nextMs":"x","returned":[]}'],
    ['gives back what are no places', '{"schema":1,"writeId":"w","perSecond":5,"nextMs":0,"returned":[{}]}'],
    [
      'lies a day ahead, because the clock was set back',
      '{"schema":1,"writeId":"w","perSecond":1,"nextMs":4e12,"returned":[]}',
    ],
  ])('begins anew when what is stored %s', async (_why, body) => {
    const { clock, store, limit, soon } = world();

    await clock.run(async () => {
      await store.put(KEY, body, 'any');

      expect(await limit().take(soon())).toEqual({ kind: 'go' });
    });
  });
});

async function waitOf(limit: RateLimit, clock: Clock, latestMs: number): Promise<number> {
  const startMs = clock.nowMs();
  await limit.take(latestMs);
  return clock.nowMs() - startMs;
}
