import { SharedObject, type SharedState } from '../../src/pressure/shared-object';
import { MemoryStore } from '../support/memory-store';
import { VirtualClock } from '../support/virtual-clock';

interface Count extends SharedState {
  readonly count: number;
}

const read = (body: string | null): Count => (body === null ? { writeId: '', count: 0 } : (JSON.parse(body) as Count));
const oneMore = (state: Count) => ({ write: { ...state, count: state.count + 1 }, done: ({ count }: Count) => count });

/** A store where somebody else is faster each time. */
function crowded() {
  const clock = new VirtualClock();
  const store = new MemoryStore({ nowMs: clock.nowMs, travel: () => clock.sleep(10) });
  let others = 0;
  const { put } = store;
  const beaten: MemoryStore = Object.assign(store, {
    put: async (...args: Parameters<typeof put>) => {
      others += 1;
      await put(args[0], `{"count":${others}}`, 'any');
      return put(...args);
    },
  });
  return { clock, store: beaten };
}

describe('an object that many change', () => {
  test('counts every change of 20 processes once', async () => {
    const clock = new VirtualClock();
    const store = new MemoryStore({ nowMs: clock.nowMs, travel: () => clock.sleep(30 * clock.random()) });

    const counted = await clock.run(() =>
      Promise.all(
        Array.from({ length: 20 }, async () => {
          const shared = new SharedObject(store, 'count', read, clock);
          const counts: (number | null)[] = [];
          for (let change = 0; change < 5; change += 1)
            counts.push(await shared.change(oneMore, clock.nowMs() + 60_000));
          return counts;
        }),
      ),
    );

    expect(counted.flat().sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 100 }, (_, at) => at + 1),
    );
  });

  test('is given up when others are faster until the time is up, with few tries', async () => {
    const { clock, store } = crowded();
    const startMs = clock.nowMs();

    const answer = await clock.run(() =>
      new SharedObject(store, 'count', read, clock).change(oneMore, startMs + 5_000),
    );

    expect(answer).toBeNull();
    expect(clock.nowMs() - startMs).toBeLessThanOrEqual(5_200);
    expect(store.calls.put / 2).toBeLessThan(40);
  });

  test('is given up at once when the run ends', async () => {
    const { clock, store } = crowded();
    const ending = { ...clock.view({}), sleep: () => clock.sleep(1) };

    const answer = await clock.run(() =>
      new SharedObject(store, 'count', read, ending).change(oneMore, ending.nowMs() + 60_000),
    );

    expect(answer).toBeNull();
    expect(store.calls.put / 2).toBeLessThan(10);
  });
});
