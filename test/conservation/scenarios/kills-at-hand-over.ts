import { makeFile } from '../captures';
import { anySink } from '../any-world';
import { killAt, somewhere } from '../kills';
import { scenario } from '../scenario';
import { slow } from '../traffic';

/** A run has half a second to read and send then. */
const SHORT_MS = 3_600;

export const killsAtHandOver = scenario(
  'kills-at-hand-over',
  'a file larger than a run goes from run to run, and processes are killed while they hand it over',
  (dice) => ({
    sinks: [{ ...anySink(dice), batch: 2, inFlight: 2 }],
    timeoutMs: SHORT_MS,
    concurrency: 1,
  }),
  async (world) => {
    const points = [
      ['queue SendMessage', 3],
      ['queue GetQueueUrl', 1],
      ['state PUT ledger', 20],
      ['partner POST', 30],
    ] as const;
    for (let kill = world.dice.int(1, 3); kill > 0; kill -= 1) killAt(world, somewhere(world.dice, points));
    world.traffic.rules.push(slow(({ what }) => (what === 'POST' ? 40 : 0)));
    await world.put(makeFile(world.dice, 1, { lines: [10, 30], rows: [1, 6] }));
    await world.settle();
  },
);
