import { Command } from 'commander';
import { secretReader } from '../../aws/secrets';
import { UsageError } from '../../core/errors';
import { findAcrossModels } from '../check/across-models';
import { lookAtConfig } from '../check/check-config';
import { checkPartners } from '../check/check-partner';
import { checkSample } from '../check/check-sample';
import { type ConfigFile, readConfigFile } from '../check/config-file';
import { exitCodeOf, type FileReport, reportJson, reportText } from '../check/report';
import { type CaptureInput, findCaptures, type S3Options } from '../capture-paths';
import { configFiles } from '../config-files';

interface CheckOptions extends S3Options {
  readonly sample?: string;
  readonly partner?: boolean;
  readonly json?: boolean;
}

export function checkCommand(): Command {
  return new Command('check')
    .description('check configurations by themselves, against captures, against the partners')
    .argument('[files...]', 'configurations (default: models/*.yaml)')
    .option('--sample <path>', 'decode these captures with the configuration: a file, a folder or s3://bucket/prefix')
    .option('--partner', "read each partner's model and compare columns; nothing is sent")
    .option('--json', 'every finding as JSON')
    .option('--profile <name>', 'AWS profile for s3:// paths and secrets')
    .option('--region <name>', 'AWS region for s3:// paths')
    .option('--endpoint-url <url>', 'another S3 than AWS')
    .addHelpText('after', HELP)
    .action(check);
}

const HELP = `
Examples:
  capture-relay check
  capture-relay check models/credit-risk.yaml --sample captures/
  capture-relay check models/credit-risk.yaml --sample s3://ml-captures/captures/credit-risk/ --partner

Exit codes: 0 all is fine, 1 the sample or a partner disagrees, 2 a configuration is wrong, or wrong usage.`;

async function check(files: readonly string[], options: CheckOptions): Promise<void> {
  if (options.profile !== undefined) process.env.AWS_PROFILE = options.profile;
  const paths = configFiles(files);
  if (options.sample !== undefined && paths.length > 1)
    throw new UsageError(
      `--sample is for one configuration, and there are ${paths.length}: name the one it belongs to`,
    );
  const found = options.sample === undefined ? null : await findCaptures(options.sample, options);
  const read = paths.map(readConfigFile);
  const across = findAcrossModels(read);
  const reports: FileReport[] = [];
  for (const file of read)
    reports.push(await reportOf(file, across.get(file.path) ?? [], found?.inputs ?? null, options.partner === true));
  process.stdout.write(options.json === true ? reportJson(reports) : reportText(reports));
  const exitCode = exitCodeOf(reports);
  if (exitCode !== 0) process.exitCode = exitCode;
}

async function reportOf(
  file: ConfigFile,
  across: FileReport['findings'],
  inputs: readonly CaptureInput[] | null,
  isPartnerAsked: boolean,
): Promise<FileReport> {
  const { path, config } = file;
  const findings = [...file.findings, ...across, ...(config === null ? [] : lookAtConfig(config))];
  if (config === null) return { path, config, findings, sample: null, partners: null };
  const sample = inputs === null ? null : await checkSample(config, inputs);
  const checked = inputs === null || sample === null ? null : { inputs, view: sample.view };
  const partners = isPartnerAsked ? await checkPartners(config, checked, secretReader(process.env)) : null;
  return { path, config, findings, sample, partners };
}
