import { ensureStart, readStart, startKey } from '../../src/sweep/start-marker';
import { StoreUnavailable } from '../../src/store/state-store';
import { MemoryStore } from '../support/memory-store';

/** Since when a sink gets captures: said once, by whoever runs first. */
const NOW = Date.UTC(2026, 8, 1, 14, 40);

describe('the start marker', () => {
  test('is made by the store’s clock, and stays as it was made', async () => {
    let nowMs = NOW;
    const store = new MemoryStore({ nowMs: () => nowMs });
    const other = store.seenFrom({ machineMs: () => 0 });
    const first = await ensureStart(other, 'm', 's');
    nowMs += 86_400_000;

    expect(first).toEqual({ schema: 1, sinceHour: '2026-09-01-14', atMs: NOW });
    expect(await ensureStart(other, 'm', 's')).toEqual(first);
    expect(await readStart(store, 'm', 's')).toEqual(first);
    expect(await readStart(store, 'm', 'another')).toBeNull();
  });

  test('costs one read when it is there', async () => {
    const store = new MemoryStore({ nowMs: () => NOW });
    await ensureStart(store, 'm', 's');
    const { get, put } = store.calls;
    await ensureStart(store, 'm', 's');

    expect([store.calls.get - get, store.calls.put - put]).toEqual([1, 0]);
  });

  test('is the same for all who make it at once', async () => {
    const clock = { nowMs: NOW };
    const store = new MemoryStore({ nowMs: () => (clock.nowMs += 1) });
    const all = await Promise.all(Array.from({ length: 10 }, () => ensureStart(store, 'm', 's')));

    expect(new Set(all.map((marker) => JSON.stringify(marker))).size).toBe(1);
    expect((await store.get(startKey('m', 's')))?.body).toBe(JSON.stringify(all[0]));
  });

  test('is tried again when two writes met and none landed, and given up in the end', async () => {
    const store = new MemoryStore({ nowMs: () => NOW });
    store.faults.conflictNext = 2;

    expect(await ensureStart(store, 'm', 's')).toMatchObject({ sinceHour: '2026-09-01-14' });

    store.faults.conflictNext = 99;

    await expect(ensureStart(store, 'm', 'other')).rejects.toThrow(StoreUnavailable);
  });
});
