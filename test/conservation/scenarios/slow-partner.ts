import { anySink } from '../any-world';
import { scenario } from '../scenario';
import { slow } from '../traffic';
import { filesOf } from './files';

export const slowPartner = scenario(
  'slow-partner',
  'the partner takes longer than a run has: files go on from run to run, and what was cut may come again',
  (dice) => ({ sinks: [{ ...anySink(dice), batch: 10, inFlight: dice.int(1, 4) }], timeoutMs: 4_500, concurrency: 3 }),
  async (world) => {
    const { dice } = world;
    const mostMs = dice.pick([100, 300, 1_500]);
    world.traffic.rules.push(slow(({ what }) => (what === 'POST' && dice.chance(0.5) ? dice.int(10, mostMs) : 0)));
    for (const made of filesOf(dice, dice.int(1, 3))) await world.put(made);
    await world.settle();
  },
);
