import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { directoryStore } from '../../src/store/directory-store';
import type { StateStore } from '../../src/store/state-store';
import { endOf, startProgram } from './programs/run';

const KEY = 'counters/one';
const WRITERS = 6;
/** The next writer goes on within this, whatever a kill left; it would wait 10 s for one that lives. */
const GOES_ON_WITHIN_MS = 5_000;

let root: string;
let store: StateStore;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'state-'));
  store = directoryStore(root);
});
afterEach(() => rm(root, { recursive: true }));

async function count(): Promise<number> {
  const stored = await store.get(KEY);
  return stored === null ? 0 : (JSON.parse(stored.body) as { count: number }).count;
}

test('processes that are killed in the middle of their writes leave no half file, no lock and no lost count', async () => {
  const confirmed: number[] = [];
  const writers = Array.from({ length: WRITERS }, () => startProgram('count-up', [root, KEY]));
  for (const writer of writers)
    writer.stdout?.on('data', (piece: Buffer) => confirmed.push(...String(piece).trim().split('\n').map(Number)));
  while (confirmed.length < WRITERS) await sleep(10);

  for (const writer of writers) {
    await sleep(20 + Math.random() * 60);
    writer.kill('SIGKILL');
    expect(await endOf(writer)).toBe('SIGKILL');
    const startedMs = performance.now();
    // Parses what is there, and writes behind whoever was killed.
    expect(await count()).toBeGreaterThan(0);
    await store.put('counters/other', '1', 'any');
    const before = confirmed.length;
    if (writer !== writers.at(-1)) while (confirmed.length === before) await sleep(5);
    expect(performance.now() - startedMs).toBeLessThan(GOES_ON_WITHIN_MS);
  }

  const counted = await count();
  expect(new Set(confirmed).size).toBe(confirmed.length);
  expect(counted).toBeGreaterThanOrEqual(Math.max(...confirmed));
  // A kill may come between a write and its confirmation, once for each writer.
  expect(counted - confirmed.length).toBeLessThanOrEqual(WRITERS);
  expect(await store.put(KEY, '{"count":0}', 'any')).toMatchObject({ kind: 'written' });
  expect((await store.list('')).entries.map(({ key }) => key)).toEqual([KEY, 'counters/other']);
});
