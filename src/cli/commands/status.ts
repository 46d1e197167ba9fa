import { Command } from 'commander';
import { UsageError } from '../../core/errors';
import { HOUR_MS, hourOf, hoursBetween } from '../../sweep/hours';
import { openCaptures } from '../capture-folders';
import type { S3Options } from '../capture-paths';
import { chosenSinks } from '../chosen-sinks';
import { ledgerNames } from '../ledger-names';
import { openState } from '../open-state';
import { countOption, gathered, timeOption } from '../option-values';
import { placeProblem } from '../place-problem';
import { readModelConfig } from '../read-config';
import { gatherStatus, isWanting } from '../status/gather';
import { statusLines } from '../status/json-lines';
import { statusReport } from '../status/report';

interface StatusOptions extends S3Options {
  readonly config: string;
  readonly state: string;
  readonly captures?: string;
  readonly sink: readonly string[];
  readonly from?: number;
  readonly to?: number;
  readonly hours?: number;
  readonly json?: boolean;
}

export function statusCommand(): Command {
  return new Command('status')
    .description('the equation for every hour and sink: what was captured, and what became of it')
    .requiredOption('--config <file>', "the model's YAML")
    .requiredOption('--state <place>', 'where the state is: s3://bucket, s3://bucket/prefix, or a folder')
    .option('--captures <path>', 'look for missing files now: a folder, or s3://bucket/prefix')
    .option('--sink <name>', 'only this sink of the configuration (may be repeated)', gathered, [])
    .option('--from <time>', 'from the hour of this time on; UTC unless it says otherwise', timeOption)
    .option('--to <time>', 'up to the hour before this time', timeOption)
    .option('--hours <n>', 'so many hours back, the present one included (default: 24)', countOption)
    .option('--json', 'a line for each hour and sink, as JSON')
    .option('--profile <name>', 'AWS profile for s3:// paths')
    .option('--region <name>', 'AWS region for s3:// paths')
    .option('--endpoint-url <url>', 'another S3 than AWS')
    .addHelpText('after', HELP)
    .action(status);
}

const HELP = `
Examples:
  capture-relay status --config models/credit-risk.yaml --state s3://ml-relay-state
  capture-relay status --config models/credit-risk.yaml --state s3://ml-relay-state --hours 72 --sink arthur
  capture-relay status --config models/credit-risk.yaml --state s3://ml-relay-state --captures s3://ml-captures/captures/credit-risk/

Exit codes: 0 nothing is missing or gone, 1 something is, 2 wrong usage or configuration.`;

async function status(options: StatusOptions): Promise<void> {
  const config = readModelConfig(options.config);
  const sinks = chosenSinks(config, options.sink).map(({ name }) => name);
  const store = await openState(options.state, options);
  const { model, capture } = config;
  try {
    const hours = askedHours(options, Date.now());
    const folders = options.captures === undefined ? null : await openCaptures(options.captures, options, isCapture);
    const captures = folders === null ? null : await folders.tree.survey(hours);
    const namesOf = (file: Parameters<typeof ledgerNames>[0]): ReturnType<typeof ledgerNames> =>
      ledgerNames(file, folders?.root ?? '', capture);
    const found = await gatherStatus({ store, model, sinks, hours, captures, namesOf });
    if (options.json === true) for (const line of statusLines(model, found)) process.stdout.write(line);
    else process.stdout.write(statusReport(model, found, store.nowMs()));
    if (found.some(isWanting)) process.exitCode = 1;
  } catch (error) {
    throw placeProblem(error);
  }
}

const isCapture = (key: string): boolean => key.endsWith('.jsonl');

const DEFAULT_HOURS = 24;

/** A quarter of a year in one look: each hour asks some calls. */
const MAX_HOURS = 24 * 92;

function askedHours({ from, to, hours }: StatusOptions, nowMs: number): string[] {
  if (hours !== undefined && from !== undefined) throw new UsageError('give --from or --hours, not both');
  const endMs = to ?? nowMs + 1;
  const lastMs = endMs - 1;
  const firstMs = from ?? lastMs - ((hours ?? DEFAULT_HOURS) - 1) * HOUR_MS;
  if (firstMs > lastMs) throw new UsageError('--from must be earlier than --to');
  if (lastMs - firstMs > MAX_HOURS * HOUR_MS)
    throw new UsageError(`at most ${MAX_HOURS} hours can be asked for at once`);
  return hoursBetween(hourOf(firstMs), hourOf(lastMs));
}
