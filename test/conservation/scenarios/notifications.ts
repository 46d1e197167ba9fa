import { anyWorld } from '../any-world';
import { scenario } from '../scenario';
import { slow } from '../traffic';
import { filesOf } from './files';

export const notifications = scenario(
  'notifications',
  'notifications come twice, together, late and in any order, beside messages that are none: each file is done once',
  (dice) => ({ ...anyWorld(dice), concurrency: 4, batchSize: 1 }),
  async (world) => {
    const { dice, servers, traffic } = world;
    // So that a file is still being worked on when its next notification comes.
    traffic.rules.push(slow(({ what }) => (what === 'POST' ? dice.int(0, 40) : 0)));
    world.onNotification = (record) => {
      for (let times = dice.int(1, 4); times > 0; times -= 1)
        world.notify(record, dice.chance(0.6) ? 0 : dice.int(1, 900));
    };
    const noise = [
      { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'captures' },
      { Records: [] },
      { Records: [{ eventName: 'ObjectRemoved:Delete', s3: { bucket: { name: 'captures' }, object: { key: 'x' } } }] },
    ] as const;
    for (const made of filesOf(dice, dice.int(2, 6))) {
      await world.put(made);
      for (const queue of servers.queues) queue.send(JSON.stringify(dice.pick(noise)));
    }
    await world.settle();
  },
);
