import { readCursor } from '../../src/sweep/cursor';
import { rollupKey } from '../../src/sweep/rollup';
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
