import { readCursor } from '../../src/sweep/cursor';
import { rollupKey } from '../../src/sweep/rollup';
import { startKey } from '../../src/sweep/start-marker';
import { SWEEP_LINES } from '../../src/sweep/sweep-options';
import { MODEL, SweepWorld } from './sweep-world';

const HOUR = '2026-09-01-14';
const CURSOR = `sweep/v1/${MODEL}`;

/** Two files in the hour: one delivered, one whose notification was lost. */
async function lostFile(): Promise<{ world: SweepWorld; lost: string }> {
  const world = await SweepWorld.since(HOUR);
  world.at(HOUR, 10);
  await world.delivered(HOUR, 'a');
  const lost = world.captured(HOUR, 'lost');
  world.at('2026-09-01-15', 20);
  return { world, lost };
}

describe('a sweep that finds its own place damaged', () => {
  test.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['no members', '{"schema":1}'],
    ['hours that are none', '{"schema":1,"closedBefore":null,"next":null,"cut":null,"hours":{"x":{}}}'],
    ['a border that is no hour', '{"schema":1,"closedBefore":"x","next":null,"cut":null,"hours":{}}'],
    [
      'an hour that was never looked at',
      '{"schema":1,"closedBefore":null,"next":null,"cut":null,"hours":{"2026-09-01-14":{"arthur":{}}}}',
    ],
  ])('(%s) begins anew, and writes it anew', async (_what, body) => {
    const { world, lost } = await lostFile();
    await world.store.put(CURSOR, body, 'any');
    const { stop } = await world.sweep();

    expect(stop).toBeNull();
    expect(world.keysSent()).toEqual([lost]);
    expect((await readCursor(world.store, MODEL)).cursor.hours[HOUR]?.arthur).toMatchObject({ missing: 1 });
  });
});

describe('a sweep that finds a damaged roll-up', () => {
  const empty = '{"schema":1,"complete":true,"basis":{}}';
  test.each(['', '{"schema":1}', '{"schema":1,"complete":true}', empty])('(%p) makes it anew', async (body) => {
    const { world, lost } = await lostFile();
    await world.store.put(rollupKey(MODEL, 'arthur', HOUR), body, 'any');
    const { stop } = await world.sweep();

    expect(stop).toBeNull();
    expect(world.keysSent()).toEqual([lost]);
    expect(await world.rollup(HOUR)).toMatchObject({ files: { seen: 1, missing: 1 } });
  });
});

describe('a sweep that finds the start of a sink damaged', () => {
  const bodies = ['', '{', '{"schema":1}', '{"schema":1,"sinceHour":"x","atMs":0}'];
  const LAKE = startKey(MODEL, 'lake');

  /** A file that neither of two sinks has; the start of one of them is damaged. */
  async function halfDamaged(body: string): Promise<{ world: SweepWorld; lost: string; repair: () => Promise<void> }> {
    const world = await SweepWorld.since(HOUR, ['arthur', 'lake']);
    const sound = (await world.store.get(LAKE))?.body ?? '';
    await world.store.put(LAKE, body, 'any');
    world.at(HOUR, 10);
    const lost = world.captured(HOUR, 'lost');
    world.at('2026-09-01-15', 20);
    return { world, lost, repair: async () => void (await world.store.put(LAKE, sound, 'any')) };
  }

  test.each(bodies)('(%p) serves the others, names it, fails, and leaves it as it is', async (body) => {
    const { world, lost } = await halfDamaged(body);
    const { sent, stop } = await world.sweep();

    expect(sent.map(({ sink, message }) => [sink, message.file.key])).toEqual([['arthur', lost]]);
    expect(stop).toMatchObject({ code: 'STATE_UNREADABLE', reason: expect.stringContaining(LAKE) as string });
    expect(world.lines).toContainEqual({
      level: 'error',
      message: SWEEP_LINES.start,
      fields: { sink: 'lake', code: 'STATE_UNREADABLE', reason: expect.stringContaining(LAKE) as string },
    });
    expect((await world.store.get(LAKE))?.body).toBe(body);
  });

  test('closes no hour meanwhile: once it is put back, what that sink lacks is found however old it is', async () => {
    const { world, lost, repair } = await halfDamaged('{');
    await world.entry(lost, {}, 'arthur');
    for (let day = 0; day < 4; day += 1) {
      world.wait(24);
      await world.sweep();
    }
    await repair();
    const { sent, stop } = await world.sweep();

    expect(sent.map(({ sink, message }) => [sink, message.file.key])).toEqual([['lake', lost]]);
    expect(stop).toBeNull();
  });

  test('looks at nothing when there is no other sink', async () => {
    const { world } = await lostFile();
    await world.store.put(startKey(MODEL, 'arthur'), '{', 'any');
    const { hours, stop, sent } = await world.sweep();

    expect({ hours, sent }).toEqual({ hours: 0, sent: [] });
    expect(stop?.code).toBe('STATE_UNREADABLE');
    expect(await world.store.get(CURSOR)).toBeNull();
  });
});
