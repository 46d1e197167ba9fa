import { Command } from 'commander';
import { OpenSinks } from '../../app/open-sinks';
import { secretReader } from '../../aws/secrets';
import { UsageError } from '../../core/errors';
import type { HourRange } from '../../quarantine/segments';
import { startRedrive } from '../../replay/redrive';
import { REPLAY_RETRY_POLICY } from '../../replay/replay';
import { isAllCounted, isAllOut } from '../../replay/sink-redrive';
import { Stop } from '../../replay/stop';
import { HOUR_MS, hourOf } from '../../sweep/hours';
import { VERSION } from '../../version';
import type { S3Options } from '../capture-paths';
import { chosenSinks } from '../chosen-sinks';
import { plural } from '../look';
import { openState } from '../open-state';
import { gathered, timeOption } from '../option-values';
import { readModelConfig } from '../read-config';
import { ProgressLines } from '../redrive/progress-lines';
import { OriginalReader } from '../redrive/read-original';
import { redriveLine, redriveReport } from '../redrive/report';
import { exitNow, onInterrupt } from '../replay/interrupt';

interface RedriveOptions extends S3Options {
  readonly config: string;
  readonly state: string;
  readonly sink: readonly string[];
  readonly code: readonly string[];
  readonly from?: number;
  readonly to?: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function redriveCommand(): Command {
  return new Command('redrive')
    .description('bring back what is in quarantine, after a fix')
    .requiredOption('--config <file>', "the model's YAML")
    .requiredOption('--state <place>', 'where the state is: s3://bucket, s3://bucket/prefix, or a folder')
    .option('--sink <name>', 'only this sink of the configuration (may be repeated)', gathered, [])
    .option('--code <code>', 'only what was refused with this code (may be repeated)', gathered, [])
    .option(
      '--from <time>',
      'only captures of the hour of this time and later ones; UTC unless it says otherwise',
      timeOption,
    )
    .option('--to <time>', 'only captures of hours that begin before this time', timeOption)
    .option('--dry-run', 'count what is in quarantine, and send nothing')
    .option('--json', 'the result as a JSON line, everything else on standard error')
    .option('--profile <name>', 'AWS profile for s3:// paths')
    .option('--region <name>', 'AWS region for s3:// paths')
    .option('--endpoint-url <url>', 'another S3 than AWS')
    .addHelpText('after', HELP)
    .action(redrive);
}

const HELP = `
Examples:
  capture-relay redrive --config models/credit-risk.yaml --state s3://ml-relay-state --dry-run
  capture-relay redrive --config models/credit-risk.yaml --state s3://ml-relay-state --sink arthur --code COLUMN_COUNT_MISMATCH
  capture-relay redrive --config models/credit-risk.yaml --state state/ --from 2026-09-01 --to 2026-09-02

Exit codes: 0 all that was asked for is out of quarantine, 1 something stays there, 2 wrong usage or configuration.`;

async function redrive(options: RedriveOptions): Promise<void> {
  const config = readModelConfig(options.config);
  const sinks = chosenSinks(config, options.sink);
  const hours = hoursOf(options);
  const store = await openState(options.state, options);
  const stop = new Stop();
  const isDryRun = options.dryRun === true;
  const originals = new OriginalReader(options, stop.cut);
  const opened = new OpenSinks(secretReader(process.env), VERSION);
  const shown = new ProgressLines();
  const release = onInterrupt(stop, shown);
  try {
    const { progress, ended } = startRedrive({
      store,
      config,
      sinks,
      open: (sink, signal) => opened.get(sink, signal),
      codes: options.code.length === 0 ? null : new Set(options.code),
      hours,
      isDryRun,
      readOriginal: originals.read,
      stop,
      version: VERSION,
      retry: REPLAY_RETRY_POLICY,
      onFile: ({ sink, files, redriven }) =>
        shown.offer(`${sink}: ${plural(files, 'file')}, ${plural(redriven, 'inference')} redriven`),
    });
    await ended;
    const end = { progress, isDryRun, isInterrupted: stop.isAsked };
    process.stdout.write(options.json === true ? redriveLine(end) : redriveReport(end));
    if (stop.isAsked || !progress.every((each) => (isDryRun ? isAllCounted(each) : isAllOut(each))))
      process.exitCode = 1;
  } finally {
    release();
    originals.close();
    await opened.close();
  }
  // A partner that was being opened may still keep its connection, and with it this process.
  if (stop.isAsked) await exitNow();
}

/** Hours begin on the hour: a time within one stands for that hour as a beginning, and for the next one as an end. */
function hoursOf({ from, to }: RedriveOptions): HourRange | null {
  if (from === undefined && to === undefined) return null;
  if (from !== undefined && to !== undefined && from >= to) throw new UsageError('--from must be earlier than --to');
  return {
    from: from === undefined ? null : hourOf(from),
    to: to === undefined ? null : hourOf(Math.ceil(to / HOUR_MS) * HOUR_MS),
  };
}
