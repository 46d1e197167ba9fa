import { captureFileText, csv } from '../support/capture-events';
import { RelayWorld } from '../support/relay-world';

const events = (name: string, count: number): string =>
  captureFileText(Array.from({ length: count }, (_, at) => ({ eventId: `${name}-${at}` })));

describe('with a ledger', () => {
  test('a file is delivered once, however often its notification comes', async () => {
    const world = new RelayWorld();
    const key = world.put('a', events('a', 5));
    world.notify(key);
    await world.run();
    world.notify(key);
    await world.run(2);

    expect(world.stored).toHaveLength(5);
    expect(await world.entry(key)).toMatchObject({
      state: 'done',
      lease: null,
      attempts: 0,
      counts: { lines: 5, events: 5, captured: 5, delivered: 5 },
    });
  });

  test('goes on where the time ran out, in a fresh message, and sends nothing twice', async () => {
    const world = new RelayWorld({ timeoutMs: 5_000, batchInferences: 1, maxInFlight: 2 });
    const key = world.put('a', events('a', 100));
    await world.run();

    expect(world.stored).toHaveLength(100);
    expect(new Set(world.stored).size).toBe(100);
    expect(world.logs.filter(({ message }) => String(message).startsWith('handed over')).length).toBeGreaterThan(2);
    expect(await world.entry(key)).toMatchObject({
      state: 'done',
      counts: { captured: 100, delivered: 100, events: 100 },
    });
  });

  test('goes on in the middle of an event, with the same ids', async () => {
    const world = new RelayWorld({ timeoutMs: 5_000, batchInferences: 1 });
    const rows = Array.from({ length: 60 }, (_, at) => String(at)).join('\n');
    const key = world.put('a', captureFileText([{ eventId: 'many', input: csv(rows), output: csv(rows) }]));
    await world.run();

    expect(new Set(world.stored).size).toBe(60);
    expect(world.stored).toHaveLength(60);
    expect([...world.ids].map(([, ids]) => [...ids])).toEqual(Array.from({ length: 60 }, (_, at) => [`many_${at}`]));
    expect(await world.entry(key)).toMatchObject({ counts: { lines: 1, events: 1, captured: 60, delivered: 60 } });
  });
});
