import { anyWorld } from '../any-world';
import { killAt, somewhere } from '../kills';
import { scenario } from '../scenario';
import { filesOf } from './files';

const MINUTE_MS = 60_000;

export const clockSkew = scenario(
  'clock-skew',
  "S3's clock is up to a quarter of an hour ahead of all others or behind, and processes are killed: leases hold",
  (dice) => ({ ...anyWorld(dice), s3AheadMs: dice.int(-15, 15) * MINUTE_MS, concurrency: 3 }),
  async (world) => {
    const { dice } = world;
    killAt(world, somewhere(dice));
    // Each notification comes twice, so that two runs want each file.
    world.onNotification = (record) => {
      world.notify(record);
      world.notify(record);
    };
    for (const made of filesOf(dice, dice.int(1, 4))) await world.put(made);
    await world.settle();
  },
);
