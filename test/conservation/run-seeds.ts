import type { Bundles } from './bundles';
import type { Pool } from './pool';
import type { Outcome, Scenario } from './scenario';

/** What went wrong, and how to see it again. */
export interface Failed {
  readonly again: string;
  readonly problems: readonly string[];
  readonly codes: Outcome['codes'];
}

/** A world for each seed; one that breaks is a failure of its seed, not the end of all. */
export async function runSeeds(
  scenario: Scenario,
  seeds: readonly number[],
  bundles: Bundles,
  pool: Pool,
  onOutcome: (outcome: Outcome, seed: number) => void = () => undefined,
): Promise<Failed[]> {
  const failed: Failed[] = [];
  const runs = seeds.map((seed) =>
    pool.run(async () => {
      const outcome = await runOne(scenario, seed, bundles);
      const { problems, codes } = outcome;
      const again = `npm run conservation -- --scenario ${scenario.name} --seeds ${seed}`;
      if (problems.length > 0) failed.push({ again, problems, codes });
      onOutcome(outcome, seed);
    }),
  );
  await Promise.all(runs);
  return failed;
}

async function runOne(scenario: Scenario, seed: number, bundles: Bundles): Promise<Outcome> {
  try {
    return await scenario.run(seed, bundles);
  } catch (error) {
    const problems = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
    return { problems, repeats: 0, kills: 0, handOvers: 0, codes: {}, invocations: 0, calls: 0, busyMs: 0 };
  }
}
