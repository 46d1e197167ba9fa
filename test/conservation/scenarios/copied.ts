import { anySink } from '../any-world';
import { makeFile } from '../captures';
import { isAt } from '../kills';
import { scenario } from '../scenario';
import { slow } from '../traffic';

export const copied = scenario(
  'copied-over-itself',
  'files are copied over themselves, put again with the same bytes or uploaded in parts: nothing is delivered twice',
  (dice) => ({
    sinks: [{ ...anySink(dice), batch: 3, inFlight: 2 }],
    versioned: dice.chance(0.5),
    timeoutMs: dice.pick([3_600, 8_000]),
    concurrency: 2,
  }),
  async (world) => {
    const { dice, traffic, buckets } = world;
    traffic.rules.push(slow(({ what }) => (what === 'POST' ? 20 : 0)));
    const { key, made } = await world.put(makeFile(dice, 1, { lines: [5, 30], rows: [1, 3] }));
    const copy = (): Promise<void> =>
      dice.pick([
        () => buckets.copyOverItself(key),
        () => buckets.put(key, made.text),
        () => buckets.putInParts(key, made.text),
      ])();
    const point = { at: dice.pick(['partner POST', 'captures GET', 'state PUT ledger']), nth: dice.int(1, 6) };
    traffic.rules.push((seen, phase) => (phase === 'before' && isAt(seen, point) ? copy() : undefined));
    await world.settle();
    if (dice.chance(0.5)) await copy();
    await world.settle();
    return { originals: 'may be missing' };
  },
);
