import { anySink } from '../any-world';
import { makeFile } from '../captures';
import { killAt, somewhere } from '../kills';
import { scenario } from '../scenario';

export const killsAtQuarantine = scenario(
  'kills-at-quarantine',
  'processes are killed around the write of refused rows and the ledger write that counts them: each stands there once',
  (dice) => ({ sinks: [{ ...anySink(dice), batch: 4, inFlight: 2 }], versioned: dice.chance(0.5), concurrency: 1 }),
  async (world) => {
    const { dice } = world;
    const points = [
      ['state PUT quarantine', 4],
      ['state GET quarantine', 4],
      ['state PUT ledger', 12],
    ] as const;
    for (let kill = dice.int(1, 3); kill > 0; kill -= 1) killAt(world, somewhere(dice, points));
    await world.put(makeFile(dice, 1, { lines: [10, 30], rows: [1, 6], odd: 0.5 }));
    await world.settle();
  },
);
