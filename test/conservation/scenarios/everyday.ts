import { anyWorld } from '../any-world';
import { scenario } from '../scenario';
import { filesOf } from './files';

export const everyday = scenario(
  'everyday',
  'files of every kind arrive and nothing goes wrong: each inference is delivered once',
  anyWorld,
  async (world) => {
    for (const made of filesOf(world.dice, world.dice.int(1, 6))) await world.put(made);
    await world.settle();
  },
);
