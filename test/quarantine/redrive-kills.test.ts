import { StoreUnavailable } from '../../src/store/state-store';
import { captureFileText, csv } from '../support/capture-events';
import { Cut, Killed, endedBy } from './cut';
import { expectClosed, RedriveWorld } from './redrive-world';

/**
 * Redrives that end at every single call they make to the store or the partner, before it takes effect and after: by a
 * kill (nothing of that process happens any more) or because the store is away from then on. Whatever was cut, the next
 * redrive brings the rest, nothing is missing or counted twice, and what comes twice is one batch.
 */
const BATCH = 2;
const many = (eventId: string, count: number) => ({
  eventId,
  input: csv(Array.from({ length: count }, (_, at) => `${at},1`).join('\n')),
  output: csv(Array.from({ length: count }, () => '0.5').join('\n')),
});
const padding = { ...many('padding', 1), customAttributes: ['x'.repeat(1 << 20)] };
// One refused as a whole in each of two segments, rows of another, a line that stays refused.
const text = captureFileText([many('a', 6), many('large', 9), padding, many('b', 2), many('large-too', 12)]).concat(
  'torn {\n',
  captureFileText([many('c', 1)]),
);
const REFUSED = ['1:1', '1:2', '1:5', '4:0', '7:0'];
const CAPTURED = 6 + 9 + 1 + 2 + 12 + 1 + 1;

async function refusedWorld(maxInFlight: number): Promise<Made> {
  const world = new RedriveWorld({ batchInferences: BATCH, maxInFlight });
  world.live.model = { limits: { maxRowsPerEvent: 6 } };
  const key = await world.deliver(text, REFUSED);
  expect(await world.quarantined()).toHaveLength(REFUSED.length + 3);
  return { world, key };
}

interface Made {
  readonly world: RedriveWorld;
  readonly key: string;
}

async function expectAllOut({ world, key }: Made, repeated: number): Promise<void> {
  const { counts } = await world.entry(key);
  expect(counts).toMatchObject({ captured: CAPTURED, delivered: CAPTURED - 1, quarantined: 1, redriven: 26 });
  expect(counts).toMatchObject({ lines: 7, events: 6, rejectedLines: 1 });
  expectClosed(await world.entry(key));
  expect(await world.quarantined()).toEqual(['6:']);
  expect(new Set(world.stored).size).toBe(26);
  expect(world.stored.length - 26).toBeLessThanOrEqual(repeated);
}

describe('a redrive', () => {
  test.each([
    ['before', 1],
    ['after', 1],
    ['before', 3],
    ['after', 3],
  ] as const)(
    'that is killed %s any call, with %i requests in flight, loses nothing and counts nothing twice',
    async (phase, maxInFlight) => {
      const { world: first, key } = await refusedWorld(maxInFlight);
      for (let call = 1, wasCut = true; wasCut; call += 1) {
        const world = await first.copy();
        const cut = new Cut(call, phase, () => new Killed());
        world.answer = () => cut.call(() => Promise.resolve({ kind: 'delivered' }));
        await endedBy(cut, world.redrive({}, cut.store));
        wasCut = cut.isOver;

        await goOn(world);
        await expectAllOut({ world, key }, wasCut ? BATCH * maxInFlight : 0);
      }
    },
  );

  test.each([
    ['goes away before', 'before', false],
    ['goes away after', 'after', false],
    ['fails before', 'before', true],
    ['fails after', 'after', true],
  ] as const)('whose store %s any call loses nothing and counts nothing twice', async (_, phase, isOnce) => {
    const { world: first, key } = await refusedWorld(1);
    for (let call = 1, wasCut = true; wasCut; call += 1) {
      const world = await first.copy();
      const cut = new Cut(call, phase, () => new StoreUnavailable('503'), isOnce);
      const { stop } = await world.redrive({}, cut.store);
      wasCut = cut.isOver;

      if (wasCut) expect(stop?.code ?? 'STATE_UNAVAILABLE').toBe('STATE_UNAVAILABLE');
      await goOn(world);
      await expectAllOut({ world, key }, wasCut ? BATCH : 0);
    }
  });
});

/** When the lease of whoever was cut is over. */
async function goOn(world: RedriveWorld): Promise<void> {
  const { clock } = world.live;
  await clock.run(() => clock.sleep(300_000));
  world.answer = () => ({ kind: 'delivered' });
  await world.redrive();
}
