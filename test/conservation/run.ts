import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import { messageOf } from '../../src/core/errors';
import { type Bundles, plainBundles } from './bundles';
import { Pool } from './pool';
import { type Failed, runSeeds } from './run-seeds';
import type { Scenario } from './scenario';
import { SCENARIOS } from './scenarios';
import { seedsOf } from './seeds';
import { addOutcome, emptyTotal, totalLine } from './totals';

/** `npm run conservation -- --seeds 1-1000 [--scenario NAME] [--parallel 2]`: every scenario with every seed. */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1-20' },
    scenario: { type: 'string', multiple: true },
    parallel: { type: 'string', default: '2' },
    /** Scenarios that take long are left out unless they are named. */
    long: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

// The SDK's notice about Node 20 would stand between the results.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

async function main(): Promise<void> {
  const chosen = chosenScenarios();
  if (chosen === null) return;
  const bundles = await plainBundles();
  const failed: Failed[] = [];
  for (const scenario of chosen) failed.push(...(await runAll(scenario, seedsOf(values.seeds), bundles)));
  if (failed.length > 0) console.log(`\n${failed.length} failed:\n${failed.map(({ again }) => again).join('\n')}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

/** Null for a wrong name or seed, which is said. */
function chosenScenarios(): readonly Scenario[] | null {
  try {
    seedsOf(values.seeds);
    return values.scenario?.map(named) ?? SCENARIOS.filter(({ isLong }) => values.long || !isLong);
  } catch (error) {
    console.error(messageOf(error));
    process.exitCode = 2;
    return null;
  }
}

async function runAll(scenario: Scenario, seeds: readonly number[], bundles: Bundles): Promise<Failed[]> {
  const total = emptyTotal();
  const startedMs = performance.now();
  const format = `${scenario.name} {bar} {value}/{total} {eta_formatted}`;
  const bar = process.stdout.isTTY ? new SingleBar({ format, clearOnComplete: true }) : null;
  bar?.start(seeds.length, 0);
  const failed = await runSeeds(scenario, seeds, bundles, new Pool(Number(values.parallel)), (outcome, seed) => {
    addOutcome(total, outcome);
    bar?.increment();
    const { problems, ...numbers } = outcome;
    if (values.verbose)
      console.log(scenario.name, seed, JSON.stringify(numbers), problems.length === 0 ? '' : 'FAILED');
    else if (outcome.note !== undefined && scenario.isLong === true) console.log(scenario.name, seed, outcome.note);
  });
  bar?.stop();
  console.log(totalLine(scenario.name, total, failed.length, performance.now() - startedMs));
  for (const { again, problems, codes } of failed) {
    console.log(`  ${again}\n    handed over: ${JSON.stringify(codes)}`);
    for (const problem of problems) console.log(`    ${problem}`);
  }
  return failed;
}

function named(name: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  throw new Error(`there is no scenario ${name}; there are ${SCENARIOS.map((scenario) => scenario.name).join(', ')}`);
}

void main();
