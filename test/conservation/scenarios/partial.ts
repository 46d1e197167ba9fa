import { anySink } from '../any-world';
import { scenario } from '../scenario';
import { filesOf } from './files';

export const partial = scenario(
  'partial-207',
  'Arthur takes some rows of a batch and fails on others for now: those alone are sent again, and none twice',
  (dice) => ({ sinks: [anySink(dice, 'arthur')], concurrency: 2 }),
  async (world) => {
    const { dice, servers } = world;
    const [every, status] = [dice.int(1, 4), dice.pick([500, 503, 429, 408])];
    servers.arthur.faults.add({
      fault: { kind: 'rows', status, rows: (index) => index % every === 0 },
      when: ({ ingestNumber }) => ingestNumber !== null && dice.chance(0.3),
      times: dice.int(2, 10),
    });
    for (const made of filesOf(dice, dice.int(1, 4))) await world.put(made);
    await world.settle();
  },
);
