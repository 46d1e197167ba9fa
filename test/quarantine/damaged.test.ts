import { writeEntry } from '../../src/ledger/entry';
import type { ReopenedEntry } from '../../src/ledger/reopen';
import { purge } from '../../src/quarantine/purge';
import { captureFileText, csv } from '../support/capture-events';
import { RedriveWorld } from './redrive-world';

const three = (eventId: string) => ({ eventId, input: csv('1,1\n2,1\n3,1'), output: csv('0.5\n0.5\n0.5') });
const padding = { ...three('padding'), customAttributes: ['x'.repeat(1 << 20)] };
const TEXT = captureFileText([three('a'), padding, three('b')]);

/** A file of two segments; what was moved out of the first one may still stand there, and nobody can read it. */
async function halfMoved(): Promise<{ world: RedriveWorld; key: string; segment: string }> {
  const world = new RedriveWorld();
  const key = await world.deliver(TEXT, ['1:1', '3:0', '3:2']);
  const { store } = world.live;
  const [segment = ''] = (await store.list('quarantine/')).entries.map((each) => each.key);
  const [entry = ''] = (await store.list('ledger/')).entries.map((each) => each.key);
  const leaving = { contentOrdinal: 0, segment: 0, rows: '1:1' };
  const known: ReopenedEntry = { ...(await world.entry(key)), leaving };
  await store.put(entry, writeEntry(known), 'any');
  await store.put(segment, '{"schema":1}', 'any');
  return { world, key, segment };
}

describe('a file of which it cannot be told what is void', () => {
  test('is left whole by a redrive, and still says what was leaving', async () => {
    const { world, key, segment } = await halfMoved();
    const before = await world.entry(key);
    const { left, unreadable, redriven, stop } = await world.redrive();

    expect({ redriven, stop }).toEqual({ redriven: 0, stop: null });
    expect([...unreadable]).toEqual([segment]);
    expect([...left]).toEqual([['unreadable', 2]]);
    expect(await world.entry(key)).toMatchObject({ counts: before.counts, lease: null, leaving: { rows: '1:1' } });
  });

  test('is kept whole by a purge, and still says what was leaving', async () => {
    const { world, key, segment } = await halfMoved();
    const { clock, store } = world.live;
    const { kept, unreadable, purged } = await clock.run(() =>
      purge({
        store,
        clock,
        model: 'm',
        sink: 'file',
        olderThanMs: 0,
        isDryRun: false,
        shouldStop: () => false,
        onFile: () => undefined,
      }),
    );

    expect(purged).toBe(0);
    expect([...unreadable]).toEqual([segment]);
    expect([...kept]).toEqual([['unreadable', 2]]);
    expect(await world.entry(key)).toMatchObject({ lease: null, leaving: { rows: '1:1' } });
  });
});
