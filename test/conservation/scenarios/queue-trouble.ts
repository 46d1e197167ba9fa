import { anyWorld } from '../any-world';
import { scenario } from '../scenario';
import { slow } from '../traffic';
import { filesOf } from './files';

export const queueTrouble = scenario(
  'queue-trouble',
  'the queue fails to take fresh messages: the old ones stay, and every file is delivered by one or the other',
  (dice) => ({ ...anyWorld(dice), timeoutMs: 4_000 }),
  async (world) => {
    const { dice, traffic } = world;
    let failures = dice.int(1, 6);
    traffic.rules.push(({ server }, phase) => {
      if (server !== 'queue' || failures === 0 || phase !== dice.pick(['before', 'after'])) return;
      failures -= 1;
      throw new Error('the queue fails on demand');
    });
    traffic.rules.push(slow(({ what }) => (what === 'POST' ? dice.int(0, 200) : 0)));
    for (const made of filesOf(dice, dice.int(1, 4))) await world.put(made);
    await world.settle();
  },
);
