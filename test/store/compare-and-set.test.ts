import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/app/clock';
import { compareAndSet, type Replacement } from '../../src/store/compare-and-set';
import { s3Store } from '../../src/store/s3-store';
import { type StateStore, StoreUnavailable } from '../../src/store/state-store';
import type { Fault } from '../../src/local/s3/server';
import { BUCKET, type RunningServer, startServer } from '../local/s3/running-server';

let running: RunningServer;
let store: StateStore;
let keys = 0;
let key = '';
beforeAll(async () => {
  running = await startServer();
  store = s3Store(running.client, BUCKET);
});
afterAll(() => running.stop());
beforeEach(() => {
  key = `ledger/v1/entry-${(keys += 1)}`;
});
afterEach(() => running.server.faults.clear());

/** Short waits, of real time. */
const clockOf = (deadlineInMs = 10_000) => ({ ...systemClock(deadlineInMs), random: () => 0.1 });
const set = (replacement: Replacement, on = store) => compareAndSet(on, key, replacement, clockOf());
const fault = (each: Omit<Fault, 'key'>) => running.server.faults.add({ ...each, key: new RegExp(`${key}$`) });
const bodyOf = async () => (await store.get(key))?.body;

async function standing(body: string): Promise<string> {
  const put = await store.put(key, body, 'any');
  if (put.kind !== 'written') throw new Error(put.kind);
  return put.tag;
}

/** As a store whose first write is given up by this side, and does what `then` says in the end. */
function firstPut(then: (real: () => Promise<unknown>) => Promise<unknown>): StateStore {
  let puts = 0;
  return {
    ...store,
    put: async (...asked) => {
      puts += 1;
      if (puts > 1) return store.put(...asked);
      await then(() => store.put(...asked));
      throw new StoreUnavailable('no answer within 10 ms');
    },
  };
}

describe.each([
  ['creating', false],
  ['replacing', true],
])('compare-and-set, %s', (_name, isThere) => {
  let expected: string | null;
  beforeEach(async () => {
    expected = isThere ? await standing('old') : null;
  });

  test.each<[string, Omit<Fault, 'key'>]>([
    ['was refused with 409 and nobody wrote', { kind: 'conflict', method: 'PUT', times: 2 }],
    ['was throttled', { kind: 'status', method: 'PUT', status: 503, times: 2 }],
    ['was cut off before it arrived', { kind: 'reset', method: 'PUT', times: 1 }],
  ])('writes again what %s', async (_what, each) => {
    fault(each);

    expect(await set({ body: 'ours', expected })).toMatchObject({ kind: 'written' });
    expect(await bodyOf()).toBe('ours');
  });

  test.each<[string, Omit<Fault, 'key'>]>([
    ['was cut off', { kind: 'lost-answer', method: 'PUT', times: 1 }],
    ['became a 500', { kind: 'lost-answer', method: 'PUT', status: 500, times: 1 }],
    ['became a 409', { kind: 'lost-answer', method: 'PUT', status: 409, times: 1 }],
    ['became a 404', { kind: 'lost-answer', method: 'PUT', status: 404, code: 'NoSuchKey', times: 1 }],
  ])('knows its own write when the answer %s', async (_what, each) => {
    fault(each);

    const result = await set({ body: 'ours', expected });

    expect(result).toEqual({ kind: 'written', tag: (await store.get(key))?.tag });
    expect(await bodyOf()).toBe('ours');
  });

  test('looks again when the look itself fails', async () => {
    fault({ kind: 'lost-answer', method: 'PUT', times: 1 });
    fault({ kind: 'status', method: 'GET', status: 503, times: 2 });

    expect(await set({ body: 'ours', expected })).toMatchObject({ kind: 'written' });
  });

  test('loses to another that was first', async () => {
    const tag = await standing('theirs');

    expect(await set({ body: 'ours', expected })).toMatchObject({ kind: 'lost', current: { body: 'theirs', tag } });
    expect(await bodyOf()).toBe('theirs');
  });

  test('loses to another that came before an attempt without effect', async () => {
    const beaten = firstPut(() => standing('theirs'));

    expect(await set({ body: 'ours', expected }, beaten)).toMatchObject({ kind: 'lost', current: { body: 'theirs' } });
    expect(await bodyOf()).toBe('theirs');
  });

  test('loses to another that came after its own write, whose answer was lost', async () => {
    const overtaken = firstPut(async (real) => {
      await real();
      await standing('theirs');
    });

    expect(await set({ body: 'ours', expected }, overtaken)).toMatchObject({
      kind: 'lost',
      current: { body: 'theirs' },
    });
    expect(await bodyOf()).toBe('theirs');
  });

  test('is not undone by an attempt of its own that lands late', async () => {
    let late: Promise<unknown> = Promise.resolve();
    const slow = firstPut((real) => {
      late = sleep(300).then(real);
      return Promise.resolve();
    });

    const result = await set({ body: 'ours', expected }, slow);
    const next = await store.put(key, 'next', { tag: result.kind === 'written' ? result.tag : '' });

    expect(next).toMatchObject({ kind: 'written' });
    expect(await late).toEqual({ kind: 'conflict' });
    expect(await bodyOf()).toBe('next');
  });

  test('says at its deadline that it does not know, and what the store said last', async () => {
    fault({ kind: 'status', status: 503 });

    const given = compareAndSet(store, key, { body: 'ours', expected }, clockOf(100));

    await expect(given).rejects.toThrow(StoreUnavailable);
    await expect(given).rejects.toThrow(/not known whether .*entry-\d+ was written: the time .* 503/);
  });
});

test('compare-and-set does not create anew what was removed', async () => {
  const expected = await standing('old');
  await store.remove(key);
  fault({ kind: 'status', method: 'PUT', status: 503, times: 1 });

  expect(await set({ body: 'ours', expected })).toEqual({ kind: 'lost', current: null });
  expect(await set({ body: 'ours', expected })).toEqual({ kind: 'lost', current: null });
  expect(await bodyOf()).toBeUndefined();
});

describe('the waits of compare-and-set', () => {
  /** Sleeps move the clock, unless the run is stopped. */
  function fakeClock({ deadlineMs, isStopped = false }: { deadlineMs: number; isStopped?: boolean }) {
    let nowMs = 0;
    const slept: number[] = [];
    const sleepFor = async (ms: number): Promise<void> => {
      slept.push(ms);
      if (!isStopped) nowMs += ms;
      await Promise.resolve();
    };
    return { slept, clock: { nowMs: () => nowMs, random: () => 0.5, deadlineMs, sleep: sleepFor } };
  }
  const down: StateStore = {
    get: () => Promise.reject(new StoreUnavailable('down')),
    put: () => Promise.reject(new StoreUnavailable('down')),
    list: () => Promise.reject(new StoreUnavailable('down')),
    remove: () => Promise.reject(new StoreUnavailable('down')),
    nowMs: () => 0,
  };
  const replacement = { body: 'ours', expected: null };

  test('have full jitter below 100 ms, doubled each time up to 5 s, and none passes the deadline', async () => {
    const { clock, slept } = fakeClock({ deadlineMs: 11_000 });

    await expect(compareAndSet(down, 'a', replacement, clock)).rejects.toThrow('down');

    expect(slept).toEqual([50, 100, 200, 400, 800, 1_600, 2_500, 2_500, 2_500]);
  });

  test('end with the run: a sleep that returns early is the last', async () => {
    const { clock, slept } = fakeClock({ deadlineMs: 60_000, isStopped: true });

    await expect(compareAndSet(down, 'a', replacement, clock)).rejects.toThrow('the run was stopped');

    expect(slept).toHaveLength(1);
  });

  test('hide no bug', async () => {
    const broken: StateStore = { ...down, put: () => Promise.reject(new RangeError('no key')) };

    await expect(compareAndSet(broken, 'a', replacement, fakeClock({ deadlineMs: 1 }).clock)).rejects.toThrow(
      RangeError,
    );
  });
});
