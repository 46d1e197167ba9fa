import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { messageOf, UsageError } from '../../core/errors';
import { parseCaptureKey } from '../../core/capture-key';
import { demoFiles } from '../../local/emulation/demo-captures';
import { Emulation, PREFIX } from '../../local/emulation/emulation';
import { findCaptures } from '../capture-paths';
import { EmulationView } from '../emulation-view';

interface EmulateOptions {
  readonly once?: boolean;
  readonly json?: boolean;
  readonly out?: string;
  readonly every: number;
}

export function emulateCommand(): Command {
  return new Command('emulate')
    .description('run the whole system on this machine: S3, queues, the real Lambda, stand-ins of the partners')
    .argument('[path]', 'your own capture files (a file or a folder); default: files of a demo endpoint')
    .option('--once', 'end after one round instead of going on until Ctrl-C')
    .option('--out <folder>', 'where the file sink writes (default: a new folder for temporary files)')
    .option('--every <seconds>', 'how often the demo endpoint writes files', seconds, 10)
    .option('--json', 'print the final table as JSON, everything else on standard error')
    .addHelpText('after', HELP)
    .action(emulate);
}

const HELP = `
Examples:
  capture-relay emulate
  capture-relay emulate captures/ --once
  npm start -- --once

Exit codes: 0 everything is settled (rejections count as settled), 1 something is missing or still in flight, 2 wrong usage.`;

async function emulate(path: string | undefined, options: EmulateOptions): Promise<void> {
  const own = path === undefined ? null : await findCaptures(path, {});
  const state = await mkdtemp(join(tmpdir(), 'capture-relay-'));
  const out = resolve(options.out ?? join(state, 'inferences'));
  await mustBeFolder(out);
  const view = new EmulationView(options.json === true);
  const interrupted = new Promise<'interrupted'>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        view.say('ending …');
        done('interrupted');
      });
  });
  view.say('starting S3, queues, Lambda and partners on this machine …');
  const emulation = await Emulation.start({
    state,
    out,
    kind: own === null ? 'demo' : 'open',
    onProblem: (message) => view.problem(message),
    onRejection: (said) => view.rejection(said),
    onSkip: (key, reason) => view.skip(key.startsWith(PREFIX) ? key.slice(PREFIX.length) : key, reason),
  });
  try {
    view.endpoints(emulation, out, own === null ? 'demo' : 'open');
    view.watch(emulation);
    const feed =
      own === null || path === undefined
        ? (round: number) => feedDemo(emulation, round)
        : () =>
            feedOwn(
              emulation,
              path,
              own.inputs.map((input) => input.file.key),
            );
    await run(emulation, feed, options, interrupted, own !== null);
  } finally {
    view.stopWatching();
    const isSettled = view.result(emulation);
    await emulation.close();
    if (!isSettled) process.exitCode = 1;
    await rm(join(state, 's3'), { recursive: true, force: true });
    await rm(join(state, 'forward'), { recursive: true, force: true });
  }
}

/** Throws a UsageError now, instead of a sink that cannot write later. */
async function mustBeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
    await access(path, constants.W_OK);
  } catch (error) {
    throw new UsageError(`--out ${path} is no folder that can be written: ${messageOf(error)}`, { cause: error });
  }
}

async function run(
  emulation: Emulation,
  feed: (round: number) => Promise<void>,
  options: EmulateOptions,
  interrupted: Promise<'interrupted'>,
  isOwn: boolean,
): Promise<void> {
  for (let round = 0; ; round += 1) {
    if (round === 0 || !isOwn) await feed(round);
    const end = await Promise.race([emulation.idle(), interrupted]);
    if (end === 'interrupted' || options.once === true) return;
    if ((await Promise.race([pause(options.every * 1_000), interrupted])) === 'interrupted') return;
  }
}

function seconds(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 86_400)) throw new InvalidArgumentError('give a number of seconds above 0.');
  return number;
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms).unref());

async function feedDemo(emulation: Emulation, round: number): Promise<void> {
  for (const file of demoFiles(round, new Date(), PREFIX)) await emulation.putText(file.key, file.text);
}

/** A person's files keep their place below the folder that was named; endpoint and variant are read from it. */
async function feedOwn(emulation: Emulation, root: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const below = relative(root, path) || basename(path);
    const layout = parseCaptureKey(resolve(path));
    const name =
      layout === null ? below : `${layout.endpoint}/${layout.variant}/${resolve(path).split('/').slice(-5).join('/')}`;
    await emulation.putFile(`${PREFIX}${name.split('\\').join('/')}`, path);
  }
}
