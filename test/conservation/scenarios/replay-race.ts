import { anySink } from '../any-world';
import { killAt, somewhere } from '../kills';
import { replayBeside } from '../replay-beside';
import { scenario } from '../scenario';
import { slow } from '../traffic';
import { filesOf } from './files';

export const replayRace = scenario(
  'replay-race',
  'a replay of the same captures runs beside live traffic, and either may be killed: nothing is delivered twice',
  (dice) => ({ sinks: [{ ...anySink(dice), batch: 4 }], versioned: dice.chance(0.5), concurrency: 1 }),
  async (world) => {
    const { dice, traffic } = world;
    traffic.rules.push(slow(({ what }) => (what === 'POST' ? dice.int(0, 60) : 0)));
    if (dice.chance(0.5)) killAt(world, somewhere(dice));
    // Some notifications come while the replay is under way.
    world.onNotification = (record) => world.notify(record, dice.chance(0.5) ? 0 : dice.int(1, 4));
    for (const made of filesOf(dice, dice.int(2, 5))) await world.put(made);
    await Promise.all([replayBeside(world), world.settle()]);
    await world.settle();
  },
);
