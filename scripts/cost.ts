import { parseArgs } from 'node:util';
import { costJson, costTable, optionName } from '../lib/cost/cost-table';
import { type Traffic, USUAL_TRAFFIC } from '../lib/cost/traffic';

/** Prints what one model costs in a month: `npm run cost -- --files-per-hour 60 --sinks 2` (docs/deploy.md). */
const keys = Object.keys(USUAL_TRAFFIC) as (keyof Traffic)[];

function asked(args: readonly string[]): { traffic: Traffic; isJson: boolean } {
  const options: Record<string, { type: 'string' | 'boolean' }> = { json: { type: 'boolean' } };
  for (const key of keys) options[optionName(key)] = { type: 'string' };
  const { values } = parseArgs({ args: [...args], options });
  const entries = keys.map((key) => [key, valueOf(key, values[optionName(key)])]);
  return { traffic: Object.fromEntries(entries) as Traffic, isJson: values.json === true };
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
  const { traffic, isJson } = asked(process.argv.slice(2));
  console.log(isJson ? costJson(traffic) : costTable(traffic));
} catch (error) {
  const usage = keys.map((key) => `  --${optionName(key)} ${USUAL_TRAFFIC[key]}`).join('\n');
  console.error(
    `${error instanceof Error ? error.message : String(error)}\nOptions, with their defaults:\n${usage}\n  --json`,
  );
  process.exitCode = 2;
}
