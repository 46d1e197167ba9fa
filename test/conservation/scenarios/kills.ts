import { anyWorld } from '../any-world';
import { killAt, somewhere } from '../kills';
import { scenario } from '../scenario';
import { filesOf } from './files';

export const kills = scenario(
  'kills',
  'processes are killed at requests to S3 and the partner, before, after and once answered: nothing is lost',
  anyWorld,
  async (world) => {
    // Three runs of one file that end without any progress are what poison looks like, and it is given up (`poison`).
    for (let kill = world.dice.int(1, 2); kill > 0; kill -= 1) killAt(world, somewhere(world.dice));
    for (const made of filesOf(world.dice, world.dice.int(1, 6))) await world.put(made);
    await world.settle();
  },
);
