import { anyWorld } from '../any-world';
import { killAt, somewhere } from '../kills';
import { scenario } from '../scenario';
import { filesOf } from './files';

export const kills = scenario(
  'kills',
  'processes are killed at requests to S3 and the partner, before, after and once answered: nothing is lost',
  anyWorld,
  async (world) => {
    for (let kill = world.dice.int(1, 3); kill > 0; kill -= 1) killAt(world, somewhere(world.dice));
    for (const made of filesOf(world.dice, world.dice.int(1, 6))) await world.put(made);
    await world.settle();
  },
);
