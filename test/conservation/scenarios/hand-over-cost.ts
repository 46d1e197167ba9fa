import type { Bundles } from '../bundles';
import { makeFile, type MadeFile } from '../captures';
import type { SinkSetup } from '../models';
import { judge } from '../oracle';
import { Dice } from '../random';
import { type Outcome, outcomeOf, type Scenario } from '../scenario';
import { slow } from '../traffic';
import { World } from '../world';

const SINKS: readonly SinkSetup[] = [{ name: 'arthur', partner: 'arthur', batch: 10, inFlight: 4 }];

/** The same file in one long run and in many short ones: what the hand-overs cost. Told, not judged: it is a time. */
export const handOverCost: Scenario = {
  name: 'hand-over-cost',
  what: 'a file needs many times what a run has: it is finished, nothing comes twice, and hand-overs cost little',
  isLong: true,
  run: async (seed, bundles) => {
    const made = makeFile(new Dice(seed), 1, { lines: [8_000, 8_000], rows: [1, 1], odd: 0.02 });
    const one = await timed(made, seed, bundles, 120_000);
    const many = await timed(made, seed, bundles, 12_000);
    const each = (many.busyMs - one.busyMs) / Math.max(1, many.handOvers);
    const share = (100 * (many.busyMs - one.busyMs)) / one.busyMs;
    const note = `${one.busyMs.toFixed(0)} ms in one run, ${many.busyMs.toFixed(0)} ms in ${many.invocations}: ${each.toFixed(0)} ms a hand-over, ${share.toFixed(1)} %`;
    return { ...many, problems: [...one.problems, ...many.problems], note };
  },
};

async function timed(made: MadeFile, seed: number, bundles: Bundles, timeoutMs: number): Promise<Outcome> {
  const world = await World.start({ seed, bundles, timeoutMs, sinks: SINKS, concurrency: 1 });
  try {
    world.traffic.rules.push(slow(({ what }) => (what === 'POST' ? 80 : 0)));
    await world.put(made);
    await world.settle();
    return outcomeOf(world, await judge(world));
  } finally {
    await world.close();
  }
}
