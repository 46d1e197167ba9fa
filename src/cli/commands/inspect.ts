import { Command, InvalidArgumentError, Option } from 'commander';
import { parseModelConfig } from '../../config/model-config';
import type { ModelRules } from '../../core/inference';
import { findCaptures, type S3Options } from '../capture-paths';
import { decodeInputs } from '../inspect/decode-inputs';
import { printCsv } from '../inspect/print-csv';
import { printJson } from '../inspect/print-json';
import { printTable } from '../inspect/print-table';
import { readModelConfig } from '../read-config';

interface InspectOptions extends S3Options {
  readonly head: number;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly allColumns?: boolean;
  readonly config?: string;
}

export function inspectCommand(): Command {
  return new Command('inspect')
    .description('decode capture files and show what is in them')
    .argument('<path>', 'a capture file, a folder of them, or s3://bucket/prefix')
    .option('--head <n>', 'inferences to show in the table', count, 10)
    .option('--all-columns', 'summarise every column, not the first 20 of each side')
    .addOption(new Option('--json', 'one inference a line, as JSON').conflicts('csv'))
    .option('--csv', 'a table of all inferences, for notebooks')
    .option('--config <file>', "the model's YAML: names, types and shapes")
    .option('--profile <name>', 'AWS profile for s3:// paths')
    .option('--region <name>', 'AWS region for s3:// paths')
    .option('--endpoint-url <url>', 'another S3 than AWS')
    .addHelpText('after', HELP)
    .action(inspect);
}

const HELP = `
Examples:
  capture-relay inspect captures/34-30-683-55126149.jsonl
  capture-relay inspect s3://ml-captures/captures/credit-risk/ --head 20
  capture-relay inspect captures/ --json | jq .outputs

Exit codes: 0 all of it was decoded, 1 something was rejected, 2 wrong usage.`;

async function inspect(path: string, options: InspectOptions): Promise<void> {
  const rules: ModelRules = options.config === undefined ? defaultRules() : readModelConfig(options.config).rules;
  const found = await findCaptures(path, options);
  const items = (): ReturnType<typeof decodeInputs> => decodeInputs(found.inputs, rules);
  const isWhole =
    options.json === true
      ? await printJson(items())
      : options.csv === true
        ? await printCsv(items)
        : await printTable(items(), found, { head: options.head, allColumns: options.allColumns === true });
  if (!isWhole) process.exitCode = 1;
}

// `inspect` needs no sink; the schema wants one, and a file is the one that connects to nothing.
const defaultRules = (): ModelRules =>
  parseModelConfig({ model: 'inspect', sinks: [{ type: 'file', path: '.' }] }).rules;

function count(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError('give a whole number, 0 or more.');
  return number;
}
