import { StoreUnavailable } from '../../src/store/state-store';
import { purge, type Purge } from '../../src/quarantine/purge';
import type { StateStore } from '../../src/store/state-store';
import { captureFileText, csv } from '../support/capture-events';
import { Life } from '../support/relay-world';
import { Cut, endedBy, Killed } from './cut';
import { expectClosed, RedriveWorld } from './redrive-world';
import { altered } from './refused-file';

const many = (eventId: string, count: number) => ({
  eventId,
  input: csv(Array.from({ length: count }, (_, at) => `${at},1`).join('\n')),
  output: csv(Array.from({ length: count }, () => '0.5').join('\n')),
});
const padding = { ...many('padding', 1), customAttributes: ['x'.repeat(1 << 20)] };
const text = captureFileText([many('a', 6), padding, many('b', 3)]).concat('torn {\n');
const REFUSED = ['1:1', '1:2', '1:5', '2:0', '3:1'];
const DAY_MS = 86_400_000;

async function purged(
  world: RedriveWorld,
  change: Partial<Purge> = {},
  see: (store: StateStore) => StateStore = (store) => store,
) {
  const { clock, store } = world.live;
  return clock.run(() =>
    purge({
      store: see(store),
      clock,
      model: 'm',
      sink: 'file',
      olderThanMs: 30 * DAY_MS,
      isDryRun: false,
      shouldStop: () => false,
      onFile: () => undefined,
      ...change,
    }),
  );
}

async function oldWorld(): Promise<{ world: RedriveWorld; key: string }> {
  const world = new RedriveWorld();
  const key = await world.deliver(text, REFUSED);
  await sleep(world, 31 * DAY_MS);
  return { world, key };
}

async function sleep(world: RedriveWorld, ms: number): Promise<void> {
  const { clock } = world.live;
  for (let left = ms; left > 0; left -= 20 * DAY_MS) await clock.run(() => clock.sleep(Math.min(left, 20 * DAY_MS)));
}

const PURGED = { captured: 11, delivered: 5, quarantined: 0, purged: 6 };

describe('a purge', () => {
  test('throws away what is old enough, and the ledger counts it as purged', async () => {
    const { world, key } = await oldWorld();
    const before = await world.entry(key);

    const progress = await purged(world);

    expect(progress).toMatchObject({ files: 1, objects: 2, purged: 6, kept: new Map(), stop: null });
    expect(await world.quarantined()).toEqual([]);
    const entry = await world.entry(key);
    expect(entry.counts).toMatchObject(PURGED);
    expect({ ...entry, counts: 0, epoch: 0, writeId: '', leaving: null }).toEqual({
      ...before,
      counts: 0,
      epoch: 0,
      writeId: '',
      leaving: null,
    });
    expectClosed(entry);
  });

  test('leaves what is younger, and what a redrive has written since', async () => {
    const { world } = await oldWorld();
    await world.deliver(text, REFUSED, 'young');
    await world.redrive({ codes: new Set(['MALFORMED_LINE']) });

    expect(await purged(world)).toMatchObject({ files: 1, objects: 1, purged: 4 });
    expect((await world.quarantined()).sort()).toEqual([...REFUSED, '3:1', '4:', '4:'].sort());
  });

  test('leaves what was written between its listing and its reading', async () => {
    const world = new RedriveWorld();
    await world.deliver(text, REFUSED);
    const before = await world.quarantined();
    const behind = (store: StateStore): StateStore =>
      altered(store, {
        list: async (prefix, options) => {
          const page = await store.list(prefix, options);
          return { ...page, entries: page.entries.map(({ key }) => ({ key, modifiedMs: 0 })) };
        },
      });

    expect(await purged(world, {}, behind)).toMatchObject({ files: 1, objects: 0, purged: 0 });
    expect(await world.quarantined()).toEqual(before);
  });

  test('takes the record of a given-up file that goes on away without counting it', async () => {
    const { world, key } = await oldWorld();
    const [name = ''] = (await world.live.store.list('quarantine/')).entries.map((each) => each.key);
    const body = (await world.live.store.get(name))?.body ?? '';
    const record = JSON.parse(body.split('\n')[0] ?? '') as object;
    const givenUp = JSON.stringify({ ...record, line: 9, row: null, rows: null, code: 'FILE_CRASHES' });
    await world.live.store.put(name, `${body}${givenUp}\n`, 'any');
    await sleep(world, 31 * DAY_MS);

    await purged(world);

    expect((await world.entry(key)).counts).toMatchObject(PURGED);
    expect(await world.quarantined()).toEqual([]);
  });

  test('throws nothing away in a dry run, and writes nothing', async () => {
    const { world, key } = await oldWorld();
    const { put, remove } = { ...world.live.store.calls };

    expect(await purged(world, { isDryRun: true })).toMatchObject({ files: 1, objects: 2, purged: 6 });
    expect(world.live.store.calls).toMatchObject({ put, remove });
    expect((await world.entry(key)).counts.quarantined).toBe(6);
  });

  test('keeps what a file in flight has in quarantine, and says so', async () => {
    const world = new RedriveWorld();
    world.live.put('a', text);
    world.live.answer = ({ inferences }) =>
      inferences.some(({ place }) => place.line > 1)
        ? { kind: 'misconfigured', code: 'SINK_NOT_FOUND', reason: 'gone' }
        : { kind: 'partial', rejected: [{ index: 0, code: 'X', reason: 'x' }], retry: [], reason: 'some' };
    await world.live.clock.run(() => world.live.invoke(world.live.take(), new Life()));
    await sleep(world, 31 * DAY_MS);
    const before = await world.quarantined();

    const { kept, purged: count } = await purged(world);

    expect(before).toHaveLength(3);
    expect([...kept]).toEqual([['inFlight', 3]]);
    expect(count).toBe(0);
    expect(await world.quarantined()).toEqual(before);
  });

  test('takes away the records of files whose entries were thrown away', async () => {
    const { world } = await oldWorld();
    const { entries } = await world.live.store.list('ledger/');
    for (const { key } of entries) await world.live.store.remove(key);

    expect(await purged(world)).toMatchObject({ objects: 2, purged: 6 });
    expect(await world.quarantined()).toEqual([]);
  });

  test.each(['before', 'after'] as const)(
    'that is killed %s any call is finished by the next one, and counts nothing twice',
    async (phase) => {
      const { world: first, key } = await oldWorld();
      for (let call = 1, wasCut = true; wasCut; call += 1) {
        const { world, cut } = { world: await first.copy(), cut: new Cut(call, phase, () => new Killed()) };
        await sleep(world, 31 * DAY_MS);
        await endedBy(cut, purged(world, {}, cut.store));
        wasCut = cut.isOver;
        await expectFinished(world, key);
      }
    },
  );

  test.each([
    ['goes away before', 'before', false],
    ['goes away after', 'after', false],
    ['fails before', 'before', true],
    ['fails after', 'after', true],
  ] as const)(
    'whose store %s any call is finished by the next one, and counts nothing twice',
    async (_, phase, isOnce) => {
      const { world: first, key } = await oldWorld();
      for (let call = 1, wasCut = true; wasCut; call += 1) {
        const cut = new Cut(call, phase, () => new StoreUnavailable('503'), isOnce);
        const world = await first.copy();
        await sleep(world, 31 * DAY_MS);
        const { stop } = await purged(world, {}, cut.store);
        wasCut = cut.isOver;
        if (wasCut) expect(stop?.code ?? 'STATE_UNAVAILABLE').toBe('STATE_UNAVAILABLE');
        await expectFinished(world, key);
      }
    },
  );

  test('between the two steps of a redrive that was killed leaves to it what it had sent', async () => {
    const { world: first, key } = await oldWorld();
    for (let call = 1, wasCut = true; wasCut; call += 1) {
      const { world, cut } = { world: await first.copy(), cut: new Cut(call, 'after', () => new Killed()) };
      await endedBy(cut, world.redrive({}, cut.store));
      wasCut = cut.isOver;
      // The first one writes an object anew where the redrive could not: it is young then.
      for (let month = 0; month < 2; month += 1) {
        await sleep(world, 31 * DAY_MS);
        await purged(world);
      }

      const { counts } = await world.entry(key);
      expect(counts.quarantined).toBe(0);
      expect(counts.redriven + counts.purged).toBe(6);
      expect(new Set(world.stored).size).toBeGreaterThanOrEqual(counts.redriven);
      expect(await world.quarantined()).toEqual([]);
      expectClosed(await world.entry(key));
    }
  });
});

async function expectFinished(world: RedriveWorld, key: string): Promise<void> {
  await sleep(world, 300_000);
  await purged(world);
  expect((await world.entry(key)).counts).toMatchObject(PURGED);
  expect(await world.quarantined()).toEqual([]);
  expectClosed(await world.entry(key));
}
