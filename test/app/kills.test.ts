import { captureFileText, csv } from '../support/capture-events';
import { Life, RelayWorld } from '../support/relay-world';
import { VirtualClock } from '../support/virtual-clock';

/**
 * Runs that are killed at every single call they make to the state store, the partner or the queue, before the call
 * takes effect and after. The equation holds each time, everything arrives, and what comes twice is what was in flight.
 */
const ROWS = 7;
const BATCH = 2;
const IN_FLIGHT = 2;

const text = captureFileText([
  { eventId: 'one' },
  { eventId: 'many', input: csv(rows(ROWS)), output: csv(rows(ROWS)) },
  { eventId: 'ragged', input: csv('1,2\n3\n4,5'), output: csv('1\n2\n3') },
]).concat('torn {\n', captureFileText([{ eventId: 'last' }]));
const CAPTURED = 1 + ROWS + 3 + 1 + 1;
const DELIVERED = CAPTURED - 2;

function rows(count: number): string {
  return Array.from({ length: count }, (_, at) => `${at},1`).join('\n');
}

function worldWith(lives: readonly Life[], seed = 1): { world: RelayWorld; keys: string[] } {
  const world = new RelayWorld({ batchInferences: BATCH, maxInFlight: IN_FLIGHT, seed });
  const left = [...lives];
  world.nextLife = () => left.shift() ?? new Life();
  return { world, keys: [] };
}

async function expectWhole(world: RelayWorld, keys: readonly string[], kills: number): Promise<void> {
  expect(new Set(world.stored).size).toBe(DELIVERED * keys.length);
  expect(world.stored.length - DELIVERED * keys.length).toBeLessThanOrEqual(kills * BATCH * IN_FLIGHT);
  for (const ids of world.ids.values()) expect(ids.size).toBe(1);
  expect(world.deadLetters).toEqual([]);
  for (const key of keys) {
    const { state, counts } = await world.entry(key);
    expect({ state, counts }).toMatchObject({
      state: 'done',
      counts: { lines: 5, events: 4, rejectedLines: 1, captured: CAPTURED, delivered: DELIVERED, quarantined: 2 },
    });
  }
  const quarantined = (await world.quarantined()).map(({ line, row }) => `${line}:${row ?? ''}`);
  expect([...new Set(quarantined)].sort()).toEqual(['3:1', '4:']);
  expect(quarantined).toHaveLength(2 * keys.length);
}

describe('a run that is killed', () => {
  test.each(['before', 'after'] as const)('%s any call leaves nothing lost and nothing wrong', async (phase) => {
    for (let call = 1, wasKilled = true; wasKilled; call += 1) {
      const life = new Life(call, phase);
      const { world } = worldWith([life]);
      const key = world.put('a', text);
      await world.run();
      wasKilled = life.wasKilled;
      await expectWhole(world, [key], wasKilled ? 1 : 0);
    }
  });

  test('twice, at any two calls, leaves nothing lost and nothing wrong', async () => {
    const random = new VirtualClock({ seed: 7 }).random;
    for (let seed = 1; seed <= 150; seed += 1) {
      const lives = [1, 2].map(() => new Life(1 + Math.floor(random() * 16), random() < 0.5 ? 'before' : 'after'));
      const { world } = worldWith(lives, seed);
      const keys = ['a', 'b', 'c'].map((name) => world.put(name, text));
      await world.run(1 + (seed % 2));
      await expectWhole(world, keys, lives.filter(({ wasKilled }) => wasKilled).length);
    }
  });
});
