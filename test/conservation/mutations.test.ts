import { changedBundles } from './bundles';
import { type Mutation, MUTATIONS } from './mutations';
import { Pool } from './pool';
import { type Failed, runSeeds } from './run-seeds';
import { SCENARIOS } from './scenarios';
import { seedsOf } from './seeds';

/**
 * What the scenarios are worth: each part that keeps the promise is taken out of the function's source, into a bundle of
 * its own, and a scenario must fail. The product itself has no switch for any of them.
 */
const TIMEOUT_MS = 300_000;
const runs = new Map<string, Promise<readonly Failed[]>>();

beforeAll(() => {
  const pool = new Pool(3);
  for (const mutation of MUTATIONS) {
    const run = pool.run(() => firstFailure(mutation));
    // Looked at by its own test; until then nobody may take it for an unhandled one.
    run.catch(() => undefined);
    runs.set(mutation.name, run);
  }
});

describe('the harness notices', () => {
  test.each(MUTATIONS)(
    '$name, in $scenario',
    async ({ name }) => {
      expect(await runs.get(name)).not.toEqual([]);
    },
    TIMEOUT_MS,
  );

  test('a source that no longer holds what a mutation takes out', async () => {
    const [file, find] = ['src/ledger/claim.ts', 'this text stands nowhere'];

    await expect(changedBundles([{ file, find, replace: '' }])).rejects.toThrow('0 times, not once');
  });
});

/** One seed after another, until one fails. */
async function firstFailure({ scenario: name, seeds, changes }: Mutation): Promise<readonly Failed[]> {
  const scenario = SCENARIOS.find((each) => each.name === name);
  if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
  const bundles = await changedBundles(changes);
  for (const seed of seedsOf(seeds)) {
    const failed = await runSeeds(scenario, [seed], bundles, new Pool(1));
    if (failed.length > 0) return failed;
  }
  return [];
}
