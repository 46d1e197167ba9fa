import { anyWorld } from '../any-world';
import { scenario } from '../scenario';
import { sweepNow } from '../sweep-now';
import { filesOf } from './files';

const HOUR_MS = 3_600_000;

export const lostNotifications = scenario(
  'lost-notifications',
  'notifications are lost, and messages with them: the sweep brings every file, and none twice',
  anyWorld,
  async (world) => {
    const { dice, schedule, servers } = world;
    world.onNotification = (record) => {
      if (dice.chance(0.5)) world.notify(record);
    };
    const files = filesOf(dice, dice.int(3, 8));
    const [early = files[0], ...later] = files;
    if (early !== undefined) await world.put(early);
    // The first run, or else the first sweep, sets the mark from which on files count.
    await world.settle();
    await sweepNow(world);
    for (const made of later) schedule.in(dice.int(0, 3) * HOUR_MS, async () => void (await world.put(made)));
    for (let hour = 1; hour <= 8; hour += 1) schedule.in(hour * HOUR_MS, () => sweepNow(world));
    if (dice.chance(0.3)) schedule.in(HOUR_MS * 2, () => servers.queues.forEach((queue) => purge(queue)));
    await world.settle();
  },
);

/** A queue that is deleted and made anew. */
function purge(queue: { counts: () => unknown }): void {
  if ('purge' in queue && typeof queue.purge === 'function') (queue.purge as () => void)();
}
