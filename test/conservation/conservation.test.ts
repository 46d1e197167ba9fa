import { type Bundles, plainBundles } from './bundles';
import { Pool } from './pool';
import { type Failed, runSeeds } from './run-seeds';
import { SCENARIOS } from './scenarios';
import { seedsOf } from './seeds';

/**
 * The bundled function in real processes against S3, SQS and partners that fail in every way we know of: nothing is lost,
 * nothing is counted twice. A bounded part of `npm run conservation`, which has as many seeds as one likes.
 */
const TESTED = SCENARIOS.filter(({ isLong }) => isLong !== true);
const TIMEOUT_MS = 300_000;

/** All begin at once: processes wait for timers most of the time. Each test waits for its own. */
const runs = new Map<string, Promise<Failed[]>>();

beforeAll(async () => {
  const bundles: Bundles = await plainBundles();
  const pool = new Pool(3);
  for (const scenario of TESTED) {
    const seeds = seedsOf(process.env.CONSERVATION_SEEDS ?? scenario.seeds ?? '1');
    runs.set(scenario.name, runSeeds(scenario, seeds, bundles, pool));
  }
});

describe('nothing is lost, and nothing counted twice, when', () => {
  test.each(TESTED)(
    '$name: $what',
    async ({ name }) => {
      expect(await runs.get(name)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
