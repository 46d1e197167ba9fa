import { Command } from 'commander';
import type { ModelConfig } from '../../config/model-config';
import { UsageError } from '../../core/errors';
import { isReadInFolders } from '../../replay/replay-source';
import type { TimeWindow } from '../../replay/time-window';
import type { StateStore } from '../../store/state-store';
import { type CaptureFolders, openCaptures } from '../capture-folders';
import type { S3Options } from '../capture-paths';
import { askSinks } from '../find/ask-sinks';
import { hitLine } from '../find/json-line';
import { hitReport } from '../find/report';
import { search } from '../find/search';
import { SearchProgress } from '../find/search-progress';
import { wantedId } from '../find/wanted-id';
import { ledgerNames } from '../ledger-names';
import { dim, plural } from '../look';
import { openState } from '../open-state';
import { timeOption } from '../option-values';
import { placeProblem } from '../place-problem';
import { readModelConfig } from '../read-config';

interface FindOptions extends S3Options {
  readonly config: string;
  readonly state: string;
  readonly captures: string;
  readonly from?: number;
  readonly to?: number;
  readonly json?: boolean;
}

export function findCommand(): Command {
  return new Command('find')
    .description('where an inference stands, and what became of it at every sink')
    .argument('<id>', "a partner inference id, a caller's inference id or an event id")
    .requiredOption('--config <file>', "the model's YAML")
    .requiredOption('--state <place>', 'where the state is: s3://bucket, s3://bucket/prefix, or a folder')
    .requiredOption('--captures <path>', 'where to search: a capture file, a folder, or s3://bucket/prefix')
    .option(
      '--from <time>',
      'only captures that may hold this time or a later one; UTC unless it says otherwise',
      timeOption,
    )
    .option('--to <time>', 'only captures that may hold an earlier time', timeOption)
    .option('--json', 'a line for each place, as JSON')
    .option('--profile <name>', 'AWS profile for s3:// paths')
    .option('--region <name>', 'AWS region for s3:// paths')
    .option('--endpoint-url <url>', 'another S3 than AWS')
    .addHelpText('after', HELP)
    .action(find);
}

const HELP = `
Examples:
  capture-relay find 8bdec035-7c2d-47f5-bcf9-b7be2c9aac0c --config models/credit-risk.yaml --state s3://ml-relay-state --captures s3://ml-captures/captures/credit-risk/
  capture-relay find order-17_3 --config models/credit-risk.yaml --state state/ --captures captures/ --from 2026-09-01

Exit codes: 0 found, 1 not found, 2 wrong usage or configuration.`;

async function find(id: string, options: FindOptions): Promise<void> {
  if (id.trim() === '')
    throw new UsageError('there is no id; give an event id, an inference id or a partner inference id');
  const config = readModelConfig(options.config);
  const window = windowOf(options);
  const store = await openState(options.state, options);
  const folders = await openCaptures(options.captures, options, isReadInFolders);
  try {
    const found = await run(id, { config, window, store, folders, isJson: options.json === true });
    if (found === 0) process.exitCode = 1;
  } catch (error) {
    throw placeProblem(error);
  }
}

interface Run {
  readonly config: ModelConfig;
  readonly window: TimeWindow;
  readonly store: StateStore;
  readonly folders: CaptureFolders;
  readonly isJson: boolean;
}

/** How many places were found. */
async function run(id: string, { config, window, store, folders, isJson }: Run): Promise<number> {
  const wanted = wantedId(id);
  const progress = new SearchProgress((text) => void process.stderr.write(`${text}\n`));
  let found = 0;
  let isUnique = false;
  try {
    for await (const { hit, listed } of search({ folders, wanted, rules: config.rules, window, watcher: progress })) {
      const names = ledgerNames(listed.file, folders.root, config.capture);
      const answers = await askSinks(hit, {
        store,
        config,
        names,
        eTag: listed.eTag,
        bytes: () => folders.read(listed),
      });
      progress.clear();
      process.stdout.write(isJson ? hitLine(hit, answers) : `${hitReport(hit, answers)}\n\n`);
      found += 1;
      // Nothing else has its event id; callers' own ids come again and again.
      isUnique = hit.match?.isByEventId === true;
      if (isUnique) break;
    }
  } finally {
    progress.end();
  }
  const { files, bytes, unreadFiles } = progress;
  if (isJson) process.stdout.write(`${JSON.stringify({ find: { id, found, files, bytes, unreadFiles } })}\n`);
  else process.stdout.write(`${sumLine(id, { found, isUnique, progress })}\n`);
  return found;
}

function sumLine(
  id: string,
  { found, isUnique, progress }: { found: number; isUnique: boolean; progress: SearchProgress },
): string {
  const where = `${plural(progress.files, 'file')} searched`;
  if (found === 0) return `${id} is in none of the captures: ${where}`;
  return dim(isUnique ? `${where} before it; event ids are unique` : `${plural(found, 'place')}; ${where}`);
}

function windowOf({ from, to }: FindOptions): TimeWindow {
  const window = { fromMs: from ?? Number.NEGATIVE_INFINITY, toMs: to ?? Number.POSITIVE_INFINITY };
  if (window.fromMs >= window.toMs) throw new UsageError('--from must be earlier than --to');
  return window;
}
