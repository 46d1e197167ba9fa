import { anyWorld } from '../any-world';
import { scenario } from '../scenario';
import { filesOf } from './files';
import { CAPTURES } from '../names';

const HOUR_MS = 3_600_000;

export const oneUnreadable = scenario(
  'one-unreadable',
  'one of the objects of a notification may not be read for hours: the others are delivered once, and it is, later',
  (dice) => ({ ...anyWorld(dice), batchSize: 10 }),
  async (world) => {
    const { dice, servers, schedule } = world;
    const records: unknown[] = [];
    world.onNotification = (record) => void records.push(record);
    const files = filesOf(dice, 3);
    for (const made of files) await world.put(made);
    const denied = world.captures[dice.int(0, 2)]?.key ?? '';
    const remove = servers.s3.faults.add({ kind: 'deny', bucket: CAPTURES, key: new RegExp(denied.slice(-20)) });
    await world.heard(files.length, () => records.length);
    for (const queue of servers.queues) queue.send(JSON.stringify({ Records: records }));
    schedule.in(dice.int(1, 5) * HOUR_MS, remove);
    await world.settle();
    return { originals: 'may be missing' };
  },
);
