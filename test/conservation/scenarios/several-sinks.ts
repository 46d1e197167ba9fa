import { anySink } from '../any-world';
import { killAt, somewhere } from '../kills';
import type { SinkSetup } from '../models';
import { scenario } from '../scenario';
import { filesOf } from './files';

const HOUR_MS = 3_600_000;
const sink = (setup: SinkSetup, name: string): SinkSetup => ({ ...setup, name });

export const severalSinks = scenario(
  'several-sinks',
  'one of three sinks is down for hours: the others are done before it is back, and it gets all of its own then',
  (dice) => ({
    sinks: [
      sink(anySink(dice, 'fiddler'), 'down'),
      sink(anySink(dice, 'arthur'), 'first'),
      sink(anySink(dice, 'arthur'), 'second'),
    ],
    concurrency: 1,
    timeoutMs: 4_000,
  }),
  async (world) => {
    const { dice, servers, schedule, buckets } = world;
    const remove = servers.fiddler.faults.add({ fault: { kind: 'status', status: 503 }, when: () => true });
    let left: string[] = [];
    schedule.in(HOUR_MS, async () => {
      for (const name of ['first', 'second'])
        left = left.concat(
          [...(await buckets.entries(name)).values()].filter((one) => one.state !== 'done').map(() => name),
        );
      remove();
    });
    if (dice.chance(0.5)) killAt(world, somewhere(dice));
    for (const made of filesOf(dice, dice.int(1, 3))) await world.put(made);
    await world.settle();
    return { also: (problems) => problems.same('waited for the sink that was down', 'others', left, []) };
  },
);
