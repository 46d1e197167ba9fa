import { makeFile } from '../captures';
import { killAt, somewhere } from '../kills';
import { scenario } from '../scenario';
import { slow } from '../traffic';

/** A seed of ten has the largest mini-batch that the default limits take. */
const rowsOf = (seed: number): number => (seed % 10 === 0 ? 100_000 : 12_000);

export const largeEvent = scenario(
  'large-event',
  'one event holds up to 100,000 rows, runs are too short for it and are killed: it goes on in its middle',
  (dice) => ({
    sinks: [{ name: 'arthur', partner: 'arthur', batch: dice.pick([300, 1_000]), inFlight: dice.pick([2, 4]) }],
    timeoutMs: 6_000,
    concurrency: 1,
  }),
  async (world) => {
    const { dice, traffic, options } = world;
    traffic.rules.push(slow(({ what }) => (what === 'POST' ? 60 : 0)));
    for (let kill = dice.int(0, 2); kill > 0; kill -= 1)
      killAt(
        world,
        somewhere(dice, [
          ['partner POST', 30],
          ['state PUT ledger', 30],
        ]),
      );
    const rows = rowsOf(options.seed);
    await world.put(makeFile(dice, 1, { lines: [1, 1], rows: [rows, rows], odd: 0.01 }));
    await world.settle();
  },
);
