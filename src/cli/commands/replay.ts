import { Command, InvalidArgumentError } from 'commander';
import { OpenSinks } from '../../app/open-sinks';
import { relayState } from '../../app/open-state';
import { secretReader } from '../../aws/secrets';
import type { ModelConfig, SinkConfig } from '../../config/model-config';
import { UsageError } from '../../core/errors';
import { chooseFiles, type Chosen } from '../../replay/choose-files';
import { diskSource } from '../../replay/disk-source';
import { startReplay } from '../../replay/replay';
import type { ReplaySource } from '../../replay/replay-source';
import { isWhole } from '../../replay/sink-progress';
import { Stop } from '../../replay/stop';
import { parseTime, type TimeWindow } from '../../replay/time-window';
import type { StateStore } from '../../store/state-store';
import { VERSION } from '../../version';
import type { S3Options } from '../capture-paths';
import { readModelConfig } from '../read-config';
import { openState } from '../open-state';
import { exitNow, onInterrupt } from '../replay/interrupt';
import { ReplayPrinter } from '../replay/printer';

interface ReplayOptions extends S3Options {
  readonly config: string;
  readonly sink: readonly string[];
  readonly endpoint?: string;
  readonly variant: readonly string[];
  readonly from?: number;
  readonly to?: number;
  readonly after?: string;
  readonly dryRun?: boolean;
  readonly rate?: number;
  readonly json?: boolean;
  readonly state?: string;
  readonly again?: boolean;
}

export function replayCommand(): Command {
  return new Command('replay')
    .description('deliver captured history to the sinks of a model, under the same ids as live')
    .argument('<path>', 'a capture file, a folder of them, or s3://bucket/prefix; .gz is unpacked')
    .requiredOption('--config <file>', "the model's YAML")
    .option('--sink <name>', 'only this sink of the configuration (may be repeated)', gather, [])
    .option('--endpoint <name>', 'only captures of this endpoint')
    .option('--variant <name>', 'only captures of this variant (may be repeated)', gather, [])
    .option('--from <time>', 'only inferences from this time on; UTC unless it says otherwise', time)
    .option('--to <time>', 'only inferences before this time', time)
    .option('--after <key>', 'only files after this one, as an earlier replay named it')
    .option('--dry-run', 'count files, inferences, requests and bytes, and send nothing')
    .option('--rate <n>', 'at most so many inferences a second to each sink', rate)
    .option('--state <place>', 'the ledger that live traffic uses: s3://bucket[/prefix] or a folder')
    .option('--again', 'with --state: deliver again what was delivered before')
    .option('--json', 'rejections and the result as JSON lines, everything else on standard error')
    .option('--profile <name>', 'AWS profile for s3:// paths')
    .option('--region <name>', 'AWS region for s3:// paths')
    .option('--endpoint-url <url>', 'another S3 than AWS')
    .addHelpText('after', HELP)
    .action(replayHistory);
}

const HELP = `
Examples:
  capture-relay replay captures/ --config models/credit-risk.yaml --dry-run
  capture-relay replay s3://ml-captures/captures/credit-risk/ --config models/credit-risk.yaml --from 2026-09-01 --to 2026-09-08
  capture-relay replay captures/ --config models/credit-risk.yaml --sink arthur --rate 500

Exit codes: 0 all of it was delivered, 1 something was rejected or not delivered, 2 wrong usage or configuration.`;

async function replayHistory(path: string, options: ReplayOptions): Promise<void> {
  const config = readModelConfig(options.config);
  const sinks = chosenSinks(config, options.sink);
  const window = windowOf(options);
  if (options.again === true && options.state === undefined)
    throw new UsageError('--again needs --state: without a ledger everything is delivered again anyway');
  const store = options.state === undefined ? null : await openState(options.state, options);
  const source = await sourceOf(path, options);
  const opened = new OpenSinks(secretReader(process.env), VERSION);
  try {
    const { endpoint = null, after = null, variant: variants } = options;
    const chosen = chooseFiles(source.files, { endpoint, variants, window, after });
    if (!chosen.isAfterKnown)
      process.stderr.write(`no file is named ${after}; going on with the files that sort after it\n`);
    if (source.files.length === 0) throw new UsageError(nothingAt(path, source.passedOver));
    await run({ config, sinks, window, source, opened, chosen, store, options });
  } finally {
    await opened.close();
    source.close();
  }
}

function nothingAt(path: string, [first, ...more]: readonly string[]): string {
  const others = first === undefined ? '' : ` (${more.length + 1} file(s) with other endings, such as ${first})`;
  return `${path} holds no capture file${others}; capture files end in .jsonl`;
}

interface Run {
  readonly config: ModelConfig;
  readonly sinks: readonly SinkConfig[];
  readonly window: TimeWindow | null;
  readonly source: ReplaySource;
  readonly opened: OpenSinks;
  readonly chosen: Chosen;
  /** Null: no ledger. */
  readonly store: StateStore | null;
  readonly options: ReplayOptions;
}

async function run({ config, sinks, window, source, opened, chosen, store, options }: Run): Promise<void> {
  const stop = new Stop();
  const isDryRun = options.dryRun === true;
  const maxPerSecond = options.rate ?? null;
  const state = store === null ? null : relayState(store, config, stop.clock());
  const printer = new ReplayPrinter(options.json === true);
  const { progress, ended } = startReplay({
    source,
    files: chosen.files,
    rules: config.rules,
    sinks,
    open: (sink, signal) => opened.get(sink, signal),
    // The ledger knows whole files: those of the window are delivered whole.
    window: store === null ? window : null,
    leased: state === null ? null : { state, again: options.again === true },
    isDryRun,
    maxPerSecond,
    stop,
    watcher: printer,
  });
  printer.begin(progress);
  const release = onInterrupt(stop, printer);
  try {
    await ended;
  } finally {
    release();
    for (const sink of sinks) await state?.rate(sink)?.giveBack();
    printer.stopWatching();
  }
  const { passedOver } = source;
  printer.end({ progress, chosen, passedOver, isDryRun, isInterrupted: stop.isAsked, maxPerSecond });
  if (!progress.every(isWhole) || !printer.isBalanced) process.exitCode = 1;
  // A partner that was being opened may still keep its connection, and with it this process.
  if (stop.isAsked) await exitNow();
}

function sourceOf(path: string, options: ReplayOptions): Promise<ReplaySource> {
  if (!path.startsWith('s3://')) return diskSource(path);
  // The AWS client takes half a second to load.
  return import('../../replay/s3-source').then(({ s3Source }) => s3Source(path, options));
}

function chosenSinks({ sinks }: ModelConfig, names: readonly string[]): readonly SinkConfig[] {
  const unknown = names.filter((name) => !sinks.some((sink) => sink.name === name));
  if (unknown.length > 0) {
    const known = sinks.map((sink) => sink.name).join(', ');
    throw new UsageError(`the configuration has no sink ${unknown.join(', ')}; its sinks are: ${known}`);
  }
  return names.length === 0 ? sinks : sinks.filter((sink) => names.includes(sink.name));
}

function windowOf({ from, to }: ReplayOptions): TimeWindow | null {
  if (from === undefined && to === undefined) return null;
  const window = { fromMs: from ?? Number.NEGATIVE_INFINITY, toMs: to ?? Number.POSITIVE_INFINITY };
  if (window.fromMs >= window.toMs) throw new UsageError('--from must be earlier than --to');
  return window;
}

const gather = (value: string, before: readonly string[]): readonly string[] => [...before, value];

function time(text: string): number {
  const timeMs = parseTime(text);
  if (timeMs === null)
    throw new InvalidArgumentError('give a day or a time, such as 2026-09-01 or 2026-09-01T14:30Z (no zone: UTC).');
  return timeMs;
}

function rate(text: string): number {
  const number = Number(text);
  if (!(number > 0 && Number.isFinite(number))) throw new InvalidArgumentError('give a number above 0.');
  return number;
}
