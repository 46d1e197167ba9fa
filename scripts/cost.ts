import { parseArgs } from 'node:util';
import { costTable, optionName } from '../lib/cost/cost-table';
import { type Traffic, USUAL_TRAFFIC } from '../lib/cost/traffic';

/** Prints what one model costs in a month: `npm run cost -- --files-per-hour 60 --sinks 2` (docs/deploy.md). */
const keys = Object.keys(USUAL_TRAFFIC) as (keyof Traffic)[];

function trafficOf(args: readonly string[]): Traffic {
  const options = Object.fromEntries(keys.map((key) => [optionName(key), { type: 'string' as const }]));
  const { values } = parseArgs({ args: [...args], options });
  return Object.fromEntries(keys.map((key) => [key, valueOf(key, values[optionName(key)])])) as unknown as Traffic;
}

function valueOf(key: keyof Traffic, text: string | boolean | undefined): string | number {
  if (text === undefined) return USUAL_TRAFFIC[key];
  if (key === 'trigger') {
    if (text === 'notification' || text === 'eventbridge') return text;
    throw new Error(`--trigger is ${String(text)}; give notification or eventbridge`);
  }
  const number = Number(text);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new Error(`--${optionName(key)} is ${String(text)}; give a number above 0, such as ${USUAL_TRAFFIC[key]}`);
}

try {
  console.log(costTable(trafficOf(process.argv.slice(2))));
} catch (error) {
  const usage = keys.map((key) => `  --${optionName(key)} ${USUAL_TRAFFIC[key]}`).join('\n');
  console.error(`${error instanceof Error ? error.message : String(error)}\nOptions, with their defaults:\n${usage}`);
  process.exitCode = 2;
}
