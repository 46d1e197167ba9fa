import { Command, InvalidArgumentError } from 'commander';
import { systemClock } from '../../app/clock';
import { UsageError } from '../../core/errors';
import { purge, type SinkPurge } from '../../quarantine/purge';
import { Stop } from '../../replay/stop';
import type { S3Options } from '../capture-paths';
import { chosenSinks } from '../chosen-sinks';
import { plural } from '../look';
import { openState } from '../open-state';
import { gathered } from '../option-values';
import { purgeLine, purgeReport } from '../purge/report';
import { readModelConfig } from '../read-config';
import { ProgressLines } from '../redrive/progress-lines';
import { onInterrupt } from '../replay/interrupt';

interface PurgeOptions extends S3Options {
  readonly config: string;
  readonly state: string;
  readonly olderThan: number;
  readonly sink: readonly string[];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export function purgeCommand(): Command {
  return new Command('purge')
    .description('throw away what has been in quarantine for long, and count it')
    .requiredOption('--config <file>', "the model's YAML")
    .requiredOption('--state <place>', 'where the state is: s3://bucket, s3://bucket/prefix, or a folder')
    .requiredOption('--older-than <age>', 'only what was written last so long ago: 30d, 12h, 4w', age)
    .option('--sink <name>', 'only this sink of the configuration (may be repeated)', gathered, [])
    .option('--dry-run', 'count, and throw nothing away')
    .option('--yes', 'needed without --dry-run: what is thrown away is gone')
    .option('--json', 'the result as a JSON line, everything else on standard error')
    .option('--profile <name>', 'AWS profile for s3:// paths')
    .option('--region <name>', 'AWS region for s3:// paths')
    .option('--endpoint-url <url>', 'another S3 than AWS')
    .addHelpText('after', HELP)
    .action(purgeQuarantine);
}

const HELP = `
Examples:
  capture-relay purge --config models/credit-risk.yaml --state s3://ml-relay-state --older-than 30d --dry-run
  capture-relay purge --config models/credit-risk.yaml --state s3://ml-relay-state --older-than 30d --sink arthur --yes

Exit codes: 0 all of it is gone, 1 some of it stays, 2 wrong usage or configuration.`;

async function purgeQuarantine(options: PurgeOptions): Promise<void> {
  const isDryRun = options.dryRun === true;
  if (!isDryRun && options.yes !== true)
    throw new UsageError('what is thrown away cannot be brought back; look with --dry-run, then say --yes');
  const config = readModelConfig(options.config);
  const sinks = chosenSinks(config, options.sink);
  const store = await openState(options.state, options);
  const stop = new Stop();
  const shown = new ProgressLines();
  const release = onInterrupt(stop, shown);
  const progress: SinkPurge[] = [];
  try {
    for (const { name: sink } of sinks)
      progress.push(
        await purge({
          store,
          clock: systemClock(Number.POSITIVE_INFINITY),
          model: config.model,
          sink,
          olderThanMs: options.olderThan,
          isDryRun,
          shouldStop: () => stop.isAsked,
          onFile: ({ files, purged }) =>
            shown.offer(`${sink}: ${plural(files, 'file')}, ${plural(purged, 'inference')} purged`),
        }),
      );
  } finally {
    release();
  }
  const end = { progress, isDryRun, isInterrupted: stop.isAsked };
  process.stdout.write(options.json === true ? purgeLine(end) : purgeReport(end));
  if (stop.isAsked || progress.some((each) => each.stop !== null || each.kept.size + each.unreadable.size > 0))
    process.exitCode = 1;
}

const UNITS_MS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

function age(text: string): number {
  const [, count, unit = ''] = /^(\d+)([hdw])$/.exec(text) ?? [];
  const unitMs = UNITS_MS[unit];
  if (count === undefined || unitMs === undefined)
    throw new InvalidArgumentError('give an age, such as 30d, 12h or 4w.');
  return Number(count) * unitMs;
}
