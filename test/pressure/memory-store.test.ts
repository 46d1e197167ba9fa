import { StoreUnavailable } from '../../src/store/state-store';
import { STORE_CONTRACT } from '../store/store-contract';
import { MemoryStore } from '../support/memory-store';
import { VirtualClock } from '../support/virtual-clock';

describe('the state store in memory', () => {
  const store = new MemoryStore({ nowMs: Date.now });

  test.each(STORE_CONTRACT.map((each, at) => ({ ...each, own: `e${at}/` })))(
    'does what every store does: $name',
    async ({ expected, observe, own }) => {
      expect(await observe(store, own)).toEqual(expected);
    },
  );

  test('refuses a key that no store takes', async () => {
    for (const key of ['', '/a', 'a//b', '..', 'a b', 'é', 'x'.repeat(256)])
      await expect(store.get(key)).rejects.toThrow(RangeError);
  });

  test('fails as told, with and without effect, and then no more', async () => {
    const { faults, ...faulty } = new MemoryStore({ nowMs: () => 0 });

    faults.failNext = 1;
    await expect(faulty.put('a', '1', 'any')).rejects.toThrow(StoreUnavailable);
    expect(await faulty.get('a')).toBeNull();
    faults.conflictNext = 1;
    expect(await faulty.put('a', '1', 'any')).toEqual({ kind: 'conflict' });
    faults.loseNextAnswers = 1;
    await expect(faulty.put('a', '1', 'any')).rejects.toThrow(StoreUnavailable);
    expect(await faulty.get('a')).toMatchObject({ body: '1' });
  });

  test('is seen by each machine at its own wrong time, until it first answers', async () => {
    const shared = new MemoryStore({ nowMs: () => 50_000 });
    const seen = shared.seenFrom({ machineMs: () => 7, skewMs: -300 });

    expect(seen.nowMs()).toBe(7);
    await seen.put('a', '1', 'any');

    expect(seen.nowMs()).toBe(49_700);
    expect(await shared.get('a')).toMatchObject({ body: '1' });
  });
});

describe('virtual time', () => {
  test('passes in order, hours at once, and the same way every time', async () => {
    const told = async (seed: number): Promise<string[]> => {
      const clock = new VirtualClock({ startMs: 0, seed });
      const heard: string[] = [];
      const sleeper = async (name: string): Promise<void> => {
        for (let turn = 0; turn < 3; turn += 1) {
          await clock.sleep(clock.random() * 3_600_000);
          heard.push(`${name} ${clock.nowMs()}`);
        }
      };
      await clock.run(() => Promise.all(['a', 'b', 'c'].map(sleeper)));
      return heard;
    };

    const first = await told(1);

    expect(first).toHaveLength(9);
    expect(await told(1)).toEqual(first);
    expect(await told(2)).not.toEqual(first);
  });

  test('stands still while real work is under way', async () => {
    const clock = new VirtualClock({ startMs: 0 });

    const atMs = await clock.run(async () => {
      const sleeping = clock.sleep(1_000);
      await clock.real(new Promise((resolve) => setTimeout(resolve, 20)));
      const now = clock.nowMs();
      await sleeping;
      return now;
    });

    expect(atMs).toBe(0);
  });

  test('hands failures on, and fails what would never end', async () => {
    const clock = new VirtualClock();

    await expect(clock.run(() => Promise.reject(new Error('as it was')))).rejects.toThrow('as it was');
    await expect(clock.run(() => new Promise(() => undefined))).rejects.toThrow('nobody sleeps');
    await expect(
      clock.run(async () => {
        for (;;) await clock.sleep(86_400_000);
      }),
    ).rejects.toThrow('still running');
  });
});
