import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { codeOf, messageOf, UsageError } from '../../core/errors';
import { findCaptures, type S3Options } from '../capture-paths';
import { propose, type Proposed } from '../init/propose';
import { configOf, remarksOf } from '../init/proposal';
import { PROPOSED_SINKS, type ProposedSink } from '../init/propose-sinks';
import { readSample, type Sample } from '../init/read-sample';
import { proposalYaml } from '../init/write-yaml';
import { plural } from '../look';

interface InitOptions extends S3Options {
  readonly out?: string;
  readonly force?: boolean;
  readonly model?: string;
  readonly sink: readonly ProposedSink[];
  readonly json?: boolean;
}

export function initCommand(): Command {
  return new Command('init')
    .description('propose a configuration from capture files')
    .argument('<path>', 'a capture file, a folder of them, or s3://bucket/prefix')
    .option('--out <file>', 'write the configuration here instead of printing it')
    .option('--force', 'overwrite the file of --out')
    .option('--model <name>', "the model's name (default: the endpoint's, as the path tells it)")
    .option('--sink <type>', 'arthur, fiddler or file; may be given again (default: file)', sinkType, [])
    .option('--json', 'the configuration and all remarks as JSON')
    .option('--profile <name>', 'AWS profile for s3:// paths')
    .option('--region <name>', 'AWS region for s3:// paths')
    .option('--endpoint-url <url>', 'another S3 than AWS')
    .addHelpText('after', HELP)
    .action(init);
}

const HELP = `
Examples:
  capture-relay init captures/
  capture-relay init s3://ml-captures/captures/credit-risk/ --out models/credit-risk.yaml
  capture-relay init captures/ --model credit-risk --sink arthur --sink file

Exit codes: 0 the proposed configuration reads everything that was seen, 1 something could not be read, 2 wrong usage.`;

async function init(path: string, options: InitOptions): Promise<void> {
  const { out } = options;
  // Before the captures are read: they may take minutes.
  if (out !== undefined && options.force !== true && existsSync(out)) throw exists(out);
  const found = await findCaptures(path, options);
  const sample = await readSample(found.inputs);
  if (sample.events.length === 0) return nothing(path, sample, options);
  const proposed = propose(sample, { model: options.model ?? null, sinks: options.sink });
  const yaml = proposalYaml(proposed.proposal);
  if (out !== undefined) await write(out, yaml, options.force === true);
  if (options.json === true) process.stdout.write(`${JSON.stringify(report(proposed, sample), null, 2)}\n`);
  else if (out === undefined) process.stdout.write(yaml);
  if (out !== undefined) process.stderr.write(`written: ${out}; next: capture-relay check ${out} --sample ${path}\n`);
  if (proposed.rejections.length === 0) return;
  const [first] = proposed.rejections;
  process.stderr.write(
    `${plural(proposed.rejections.length, 'item')} could not be read, the first at line ${first?.place.line ?? 0} of ${first?.place.file.key ?? ''}: ${first?.code ?? ''}: ${first?.reason ?? ''}\n`,
  );
  process.exitCode = 1;
}

/** What `--json` prints. */
function report({ proposal, events, inferences, rejections }: Proposed, sample: Sample): object {
  return {
    config: configOf(proposal),
    remarks: remarksOf(proposal),
    read: { files: sample.files, events, inferences, rejected: rejections.length, stoppedAt: sample.stoppedAt },
  };
}

function nothing(path: string, sample: Sample, options: InitOptions): void {
  const [rejection] = sample.rejections;
  const [skip] = sample.skips;
  const why = rejection?.reason ?? skip?.reason ?? 'the files are empty';
  process.stderr.write(`${path} holds no capture event, so nothing can be proposed: ${why}\n`);
  if (options.json === true) {
    const read = { files: sample.files, events: 0, inferences: 0, rejected: sample.rejections.length, stoppedAt: null };
    process.stdout.write(`${JSON.stringify({ config: null, remarks: [], read }, null, 2)}\n`);
  }
  process.exitCode = 1;
}

async function write(path: string, text: string, mayOverwrite: boolean): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: mayOverwrite ? 'w' : 'wx' });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw exists(path);
    throw new UsageError(`${path} cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

const exists = (path: string): UsageError => new UsageError(`${path} exists; add --force to overwrite it`);

function sinkType(text: string, earlier: readonly ProposedSink[]): ProposedSink[] {
  const type = PROPOSED_SINKS.find((each) => each === text);
  if (type === undefined) throw new InvalidArgumentError(`there are: ${PROPOSED_SINKS.join(', ')}.`);
  return [...earlier, type];
}
