import type { PassThrough } from '../../src/core/pass-through';
import { reopen } from '../../src/ledger/reopen';
import { ledgerKey } from '../../src/ledger/entry';
import { captureFileText, csv, FILE } from '../support/capture-events';
import { Life } from '../support/relay-world';
import { expectClosed, RedriveWorld } from './redrive-world';
import { objects, records } from './refused-file';

const many = (eventId: string, count: number) => ({
  eventId,
  input: csv(Array.from({ length: count }, (_, at) => `${at},1`).join('\n')),
  output: csv(Array.from({ length: count }, () => '0.5').join('\n')),
});
const text = captureFileText([many('one', 1), many('many', 6)]).concat('torn {\n');

describe('a redrive of a part', () => {
  test('takes the codes that are asked for, and leaves the others as they are', async () => {
    const world = new RedriveWorld();
    await world.deliver(text, ['2:1']);

    const progress = await world.redrive({ codes: new Set(['PARTNER_REFUSED_ROW']) });

    expect(world.stored).toEqual(['2:1 many_1']);
    expect(await world.quarantined()).toEqual(['3:']);
    expect(progress).toMatchObject({ found: new Map([['PARTNER_REFUSED_ROW', 1]]), redriven: 1, refusedAgain: 0 });
  });

  test.each([
    ['2026-09-01-12', '2026-09-01-13', 1],
    ['2026-09-01-13', null, 0],
    [null, '2026-09-01-12', 0],
  ])('takes the hours from %s on, before %s', async (from, to, redriven) => {
    const world = new RedriveWorld();
    await world.deliver(text, ['2:1']);

    expect(await world.redrive({ hours: { from, to } })).toMatchObject({ redriven });
  });

  test('counts in a dry run, and neither opens a sink nor writes anything', async () => {
    const world = new RedriveWorld();
    await world.deliver(text, ['2:1', '2:3']);
    const { put, remove } = { ...world.live.store.calls };

    const progress = await world.redrive({ isDryRun: true, open: () => Promise.reject(new Error('opened')) });

    expect(progress.found).toEqual(
      new Map([
        ['PARTNER_REFUSED_ROW', 2],
        ['MALFORMED_LINE', 1],
      ]),
    );
    expect(world.live.store.calls).toMatchObject({ put, remove });
  });

  test('skips what the configuration of now skips, and counts it so', async () => {
    const world = new RedriveWorld();
    world.model = { sinks: [{ type: 'file', path: 'x', variants: ['other'] }] };
    const key = await world.deliver(text, ['2:1', '2:3']);

    const progress = await world.redrive();

    expect(progress).toMatchObject({ skipped: 2, redriven: 0, refusedAgain: 1 });
    const entry = await world.entry(key);
    expect(entry.counts).toMatchObject({ captured: 8, delivered: 5, skipped: 2, quarantined: 1 });
    expectClosed(entry);
  });
});

describe('a redrive leaves alone, and says so,', () => {
  test('a file in flight', async () => {
    const world = new RedriveWorld();
    world.live.nextLife = () => new Life(16);
    const key = world.live.put('a', text);
    world.live.answer = () => ({
      kind: 'partial',
      rejected: [{ index: 0, code: 'X', reason: 'x' }],
      retry: [],
      reason: '',
    });
    await world.live.run(1, () => true);
    await world.live.clock.run(() => world.live.invoke(world.live.take(), new Life(16)));
    expect((await world.entry(key)).state).toBe('inFlight');
    const before = await world.quarantined();

    const progress = await world.redrive();

    expect(before).not.toEqual([]);
    expect(progress.left).toEqual(new Map([['inFlight', before.length]]));
    expect(await world.quarantined()).toEqual(before);
  });

  test('a file that another run holds', async () => {
    const world = new RedriveWorld();
    const key = await world.deliver(text, ['2:1']);
    const { store, clock } = world.live;
    await clock.run(() =>
      reopen(store, ledgerKey('m', 'file', { bucket: FILE.bucket, key }), { clock, leaseMs: 60_000 }),
    );

    expect((await world.redrive()).left).toEqual(new Map([['busy', 2]]));
    await clock.run(() => clock.sleep(70_000));
    expect(await world.redrive()).toMatchObject({ redriven: 1, refusedAgain: 1 });
  });

  test('lines whose bytes nobody has any more', async () => {
    const world = new RedriveWorld();
    world.live.model = { limits: { maxLineBytes: 1_000 } };
    await world.deliver(captureFileText([{ ...many('long', 2), customAttributes: ['x'.repeat(1_000)] }]));

    expect((await world.redrive()).left).toEqual(new Map([['noBytes', 1]]));
    expect(await world.quarantined()).toEqual(['1:']);
  });

  test('rows that their event does not hold any more', async () => {
    const world = new RedriveWorld();
    world.model = { input: { header: true }, output: { header: true } };
    const names = { input: csv('a,b\n1,2\n3,4'), output: csv('p\n0.5\n0.7') };
    const key = await world.deliver(captureFileText([{ eventId: 'named', ...names }]), ['1:1', '1:2']);

    const progress = await world.redrive();

    expect(world.stored).toEqual(['1:1 named_1']);
    expect(progress.left).toEqual(new Map([['rowGone', 1]]));
    expect(await world.quarantined()).toEqual(['1:2']);
    expect((await world.entry(key)).counts).toMatchObject({ delivered: 2, quarantined: 1 });
  });

  test('rows of an event that cannot be decoded at all now, with the reason of now', async () => {
    const world = new RedriveWorld();
    world.model = { limits: { maxRowsPerEvent: 5 } };
    await world.deliver(text, ['2:1', '2:2', '2:4']);

    const progress = await world.redrive();

    expect(progress).toMatchObject({ redriven: 0, refusedAgain: 4 });
    expect(await world.quarantined()).toEqual(['2:1', '2:2', '2:4', '3:']);
    expect((await records(world.live.store))[0]).toMatchObject({ rows: '1-2 4', code: 'TOO_MANY_ROWS' });
  });

  test('a sink that stores capture files as wholes: a part of one would take the place of the whole', async () => {
    const world = new RedriveWorld();
    await world.deliver(text, ['2:1']);
    const deliver = jest.fn();
    const sink = { template: null, columns: null, needsTime: 'no', deliver, close: () => Promise.resolve() } as const;

    const progress = await world.redrive({ open: () => Promise.resolve({ ...sink, finishFile: deliver }) });

    expect(deliver).not.toHaveBeenCalled();
    expect(progress.stop?.reason).toMatch(/replay the files with --again/);
  });
});

describe('a redrive of content that was overwritten', () => {
  test('moves the sums of that content, and captures what a killed run left uncounted of it', async () => {
    const world = new RedriveWorld();
    const key = await world.deliver(captureFileText([many('one', 1), many('many', 6)]), ['2:1']);
    await world.deliver(captureFileText([many('new', 3)]), ['1:2']);
    const before = await world.entry(key);
    expect(before.earlier).toMatchObject({ files: { done: 1 }, counts: { captured: 7, quarantined: 1 } });
    // A record that no run lived to count.
    const [name = ''] = Object.keys(await objects(world.live.store)).filter((each) => each.includes('/0-'));
    const body = (await world.live.store.get(name))?.body ?? '';
    await world.live.store.put(name, body.replace('"row":1,"rows":null', '"row":1,"rows":"1-2"'), 'any');

    await world.redrive();

    const entry = await world.entry(key);
    expect(entry.counts).toMatchObject({ captured: 3, delivered: 3, quarantined: 0, redriven: 1 });
    expect(entry.earlier.counts).toMatchObject({ captured: 8, delivered: 8, quarantined: 0, redriven: 2 });
    expect(await world.quarantined()).toEqual([]);
    expectClosed(entry);
  });
});

describe('a file that was given up whole', () => {
  /** After its first batches, of which one row was refused. */
  async function givenUp(): Promise<{ world: RedriveWorld; key: string }> {
    const world = new RedriveWorld();
    const lives: Life[] = [];
    world.live.nextLife = () => {
      lives.push(new Life());
      return lives.at(-1) ?? new Life();
    };
    world.live.answer = ({ inferences }) => {
      if (inferences.some(({ place, index }) => place.line === 2 && index > 2)) lives.at(-1)?.end();
      const rejected = inferences.flatMap(({ place, index }, at) =>
        place.line === 2 && index === 1 ? [{ index: at, code: 'PARTNER_REFUSED_ROW', reason: 'x' }] : [],
      );
      return { kind: 'partial', rejected, retry: [], reason: 'some' };
    };
    const key = world.live.put('a', text);
    await world.live.run();
    expect(await world.entry(key)).toMatchObject({ state: 'quarantined', counts: { captured: 5, quarantined: 2 } });
    return { world, key };
  }

  test.each([
    ['the same', {}],
    ['another', { identity: 'eventId' }],
  ])('is in flight again, and the next run brings what is left of it, with %s configuration', async (_, model) => {
    const { world, key } = await givenUp();

    const progress = await world.redrive();

    expect(progress).toMatchObject({ filesReopened: 1, redriven: 0, left: new Map([['open', 1]]) });
    expect(await world.entry(key)).toMatchObject({ state: 'inFlight', attempts: 0, stop: null, lease: null });
    expect(await world.quarantined()).toEqual(['2:1']);
    world.live.answer = () => ({ kind: 'delivered' });
    world.live.model = model;
    world.live.notify(key);
    await world.live.run();
    await world.redrive();
    const entry = await world.entry(key);
    expect(entry).toMatchObject({ state: 'done', counts: { captured: 8, delivered: 7, quarantined: 1 } });
    expect(await world.quarantined()).toEqual(['3:']);
    expectClosed(entry);
  });

  test('says nothing any more by its record once it goes on: a kill in between does no harm', async () => {
    const { world, key } = await givenUp();
    const [name = ''] = Object.keys(await objects(world.live.store));
    const record = (await records(world.live.store)).find(({ code }) => code === 'FILE_CRASHES');
    await world.redrive();
    world.live.answer = () => ({ kind: 'delivered' });
    world.live.notify(key);
    await world.live.run();
    const body = (await world.live.store.get(name))?.body ?? '';
    await world.live.store.put(name, `${JSON.stringify({ ...record, line: 9 })}\n${body}`, 'any');

    await world.redrive();

    expect(await world.quarantined()).toEqual(['3:']);
    expect((await world.entry(key)).counts).toMatchObject({ captured: 8, delivered: 7, quarantined: 1 });
  });
});

describe('a redrive to a partner that takes lines as they are', () => {
  test('hands it the refused lines alone, in one request, and counts by what it names', async () => {
    const world = new RedriveWorld();
    const key = await world.deliver(text.concat(captureFileText([many('b', 2)])), [
      '2:0',
      '2:1',
      '2:2',
      '2:3',
      '2:4',
      '2:5',
      '4:0',
      '4:1',
    ]);
    const uploads: string[][] = [];
    const passThrough: PassThrough = {
      read: ({ eventId }) => ({ ok: true, inferences: eventId === 'b' ? 2 : 6 }),
      send: async ({ lines }) => {
        const ids: string[] = [];
        for await (const line of lines) ids.push(/"eventId":"(\w+)"/.exec(Buffer.from(line).toString())?.[1] ?? '');
        uploads.push(ids);
        return {
          kind: 'partial',
          rejected: [{ index: 1, code: 'PARTNER_REFUSED', reason: 'no' }],
          retry: [],
          reason: '',
        };
      },
    };
    world.passThrough = passThrough;

    const progress = await world.redrive();

    expect(uploads).toEqual([['many', 'b']]);
    expect(progress).toMatchObject({ redriven: 6, refusedAgain: 3 });
    expect(await world.quarantined()).toEqual(['3:', '4:0', '4:1']);
    const entry = await world.entry(key);
    expect(entry.counts).toMatchObject({ captured: 10, delivered: 7, accepted: 6, quarantined: 3 });
    expectClosed(entry);
  });

  test('tells it each line by itself when together they look like a file of another kind', async () => {
    const world = new RedriveWorld();
    const bytes = captureFileText([many('one', 1)]).concat(
      'PAR1 is how Parquet begins\n',
      captureFileText([many('b', 1)]),
    );
    await world.deliver(bytes, ['3:0']);
    world.passThrough = {
      read: () => ({ ok: true, inferences: 1 }),
      send: async ({ lines }) => {
        for await (const _ of lines);
        return { kind: 'accepted' };
      },
    };

    const progress = await world.redrive();

    expect(progress).toMatchObject({ redriven: 1, refusedAgain: 1, requests: { count: 1 } });
    expect(await world.quarantined()).toEqual(['2:']);
  });
});
