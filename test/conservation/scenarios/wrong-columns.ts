import { anySink } from '../any-world';
import { INPUTS, makeFile } from '../captures';
import { scenario } from '../scenario';

const HOUR_MS = 3_600_000;

/** Two columns are confused: every row is refused, by the partner (the first of these) or before it is sent. */
const WRONG: readonly (readonly string[])[] = [
  ['file', 'place', 'note', 'x', 'at'],
  ['file', 'place', 'x', 'at', 'note'],
  ['file', 'at', 'place', 'x', 'note'],
];

export const wrongColumns = scenario(
  'wrong-columns',
  'a wrong column list makes every row unfit: files are held and nothing is quarantined until the list is put right',
  (dice) => ({
    sinks: [anySink(dice)],
    model: { input: { format: 'csv', columns: dice.pick(WRONG) } },
  }),
  async (world) => {
    const { dice, schedule } = world;
    for (let number = 1; number <= 2; number += 1)
      await world.put(makeFile(dice, number, { lines: [15, 30], rows: [1, 2], odd: 0 }));
    schedule.in(dice.int(1, 8) * HOUR_MS, () =>
      world.redeploy({ model: { input: { format: 'csv', columns: INPUTS } } }),
    );
    await world.settle();
  },
);
