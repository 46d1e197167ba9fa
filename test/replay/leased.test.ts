import { gzipSync } from 'node:zlib';
import { relayState } from '../../src/app/open-state';
import { parseModelConfig } from '../../src/config/model-config';
import type { Clock } from '../../src/core/deliver';
import { type LedgerEntry, readEntry } from '../../src/ledger/entry';
import type { LeasedReplay } from '../../src/replay/leased-file';
import { MemoryStore } from '../support/memory-store';
import { events, folderWith, keyAt, memorySink, replayFolder } from './replay-runs';

const clock: Clock = {
  nowMs: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
  deadlineMs: Number.POSITIVE_INFINITY,
};
const model = parseModelConfig({ model: 'm', sinks: [{ type: 'file', path: 'unused' }] });

function ledger(store = new MemoryStore({ nowMs: Date.now })) {
  const leased = (again = false): LeasedReplay => ({ state: relayState(store, model, clock), again });
  const entries = async (): Promise<LedgerEntry[]> => {
    const page = await store.list('ledger/');
    return Promise.all(page.entries.map(async ({ key }) => readEntry((await store.get(key))?.body ?? '', key)));
  };
  return { store, leased, entries };
}

const folder = (): string =>
  folderWith({
    [keyAt('01/08/00-00')]: events({ eventId: 'a' }, { eventId: 'b' }),
    [keyAt('01/09/00-00', 'AllTraffic', '.jsonl.gz')]: gzipSync(events({ eventId: 'c' }, { eventId: 'd' })),
    [keyAt('01/10/00-00')]: `${events({ eventId: 'e' })}torn {\n`,
  });

describe('a replay with a ledger', () => {
  test('delivers what was not delivered before, and nothing the second time', async () => {
    const { leased, entries } = ledger();
    const history = folder();
    const sink = memorySink('file');
    const first = await replayFolder(history, [sink], { leased: leased() });
    const second = await replayFolder(history, [sink], { leased: leased() });

    expect(sink.ids).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(first.progress[0]?.files).toMatchObject({ done: 3, before: 0 });
    expect(second.progress[0]?.files).toMatchObject({ done: 3, before: 3 });
    expect((await entries()).map(({ state, counts }) => [state, counts.captured, counts.delivered])).toEqual([
      ['done', 2, 2],
      ['done', 2, 2],
      ['done', 2, 1],
    ]);
  });

  test('delivers all of it again when asked to, and counts that apart', async () => {
    const { leased, entries } = ledger();
    const history = folder();
    const sink = memorySink('file');
    await replayFolder(history, [sink], { leased: leased() });
    await replayFolder(history, [sink], { leased: leased(true) });

    expect(sink.ids).toHaveLength(10);
    expect((await entries()).map(({ generation, earlier }) => [generation, earlier.files.done])).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
  });

  test('goes on in the middle of a file where an earlier one was stopped, packed or not', async () => {
    const { leased, entries } = ledger();
    const many = events(...Array.from({ length: 20 }, (_, at) => ({ eventId: `e${at}` })));
    for (const ending of ['.jsonl', '.jsonl.gz']) {
      const history = folderWith({
        [keyAt('02/08/00-00', 'AllTraffic', ending)]: ending.endsWith('gz') ? gzipSync(many) : many,
      });
      const broken = memorySink('file', {
        maxBatchInferences: 1,
        answer: (_batch, _signal, call) =>
          call > 7 ? { kind: 'retryable', reason: 'down', waitMs: null } : { kind: 'delivered' },
      });
      const whole = memorySink('file', { maxBatchInferences: 1 });
      await replayFolder(history, [broken], { leased: leased() });
      await replayFolder(history, [whole], { leased: leased() });

      expect([...broken.ids, ...whole.ids]).toHaveLength(20);
      expect(new Set([...broken.ids, ...whole.ids]).size).toBe(20);
    }
    expect((await entries()).map(({ state, counts }) => [state, counts.delivered])).toEqual([
      ['done', 20],
      ['done', 20],
    ]);
  });

  test('leaves a file alone that another run works on', async () => {
    const { leased, entries, store } = ledger();
    const history = folderWith({ [keyAt('01/08/00-00')]: events({ eventId: 'a' }) });
    const sink = memorySink('file');
    await replayFolder(history, [sink], { leased: leased() });
    const [entry] = await entries();
    const { entries: keys } = await store.list('ledger/');
    const held = { ...entry, state: 'inFlight', lease: { owner: 'live', durationMs: 60_000 } };
    await store.put(keys[0]?.key ?? '', JSON.stringify(held), 'any');
    const { progress, left } = await replayFolder(history, [sink], { leased: leased() });

    expect(sink.ids).toEqual(['a']);
    expect(progress[0]?.files).toMatchObject({ done: 0, left: 1 });
    expect(left).toHaveLength(1);
  });

  test('sends nothing without the ledger: a store that cannot be reached stops it', async () => {
    const { leased, store } = ledger();
    store.faults.isDown = true;
    const sink = memorySink('file');
    const { progress } = await replayFolder(folder(), [sink], { leased: leased() });

    expect(sink.ids).toEqual([]);
    expect(progress[0]?.stop).toMatchObject({ code: 'STATE_UNAVAILABLE' });
  });
});
