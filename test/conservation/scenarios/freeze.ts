import { anySink } from '../any-world';
import { scenario } from '../scenario';
import { filesOf } from './files';

export const freeze = scenario(
  'freeze',
  'Lambda stops processes between events while the partner is silent: what was cut does not go on when they thaw',
  (dice) => ({ sinks: [{ ...anySink(dice), batch: 5 }], freeze: true, timeoutMs: 4_000, concurrency: 2 }),
  async (world) => {
    const { dice, servers, options } = world;
    const partner = servers[options.sinks[0]?.partner ?? 'arthur'];
    partner.faults.add({ fault: { kind: 'hang', stored: false }, times: dice.int(1, 12) });
    for (const made of filesOf(dice, dice.int(1, 4))) await world.put(made);
    await world.settle();
  },
);
