import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findAcrossModels } from '../../src/cli/check/across-models';
import { lookAtConfig } from '../../src/cli/check/check-config';
import { readConfigFile } from '../../src/cli/check/config-file';
import type { ModelConfig } from '../../src/config/model-config';
import { modelSchema, type RawModel } from '../../src/config/schema';
import { ConfigError } from '../../src/core/errors';
import { type AppSettings, readAppSettings } from './app-settings';
import { deployFindings, findAcrossDeployed } from './deploy-findings';
import { problemSentence } from './problem-sentence';

/** A configuration as it stands in its file, checked. */
export interface ModelFile {
  readonly path: string;
  /** Travels verbatim inside the functions' packages. */
  readonly raw: unknown;
  readonly document: DeployedModel;
  readonly config: ModelConfig;
  /** From 1; null for a key that stands nowhere near. */
  readonly lineOf: (key: string) => number | null;
}

/** What a model must say to be deployed, beside what it must say to be forwarded. */
export type DeployedModel = RawModel & {
  readonly capture: NonNullable<RawModel['capture']>;
  readonly endpoint: NonNullable<RawModel['endpoint']>;
};

export interface RelayFiles {
  readonly settings: AppSettings;
  readonly models: readonly ModelFile[];
}

/**
 * `models/*.yaml` and `capture-relay.yaml` of a folder. Throws a ConfigError that lists every problem of every file: the
 * file, the line, the key, the value and the cure.
 */
export function loadModels(directory: string): RelayFiles {
  const folder = join(directory, 'models');
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)) : [];
  if (names.length === 0)
    throw new ConfigError([
      `${folder} holds no *.yaml; write one configuration for each model there (capture-relay init), or name the folder around models/: --context directory=…`,
    ]);
  const read = readAppSettings(directory);
  const settings = 'settings' in read ? read.settings : {};
  const files = names.sort().map((name) => readConfigFile(join(folder, name)));
  const across = findAcrossModels(files);
  const deployed = findAcrossDeployed(files);
  const problems = files.flatMap((file) => {
    const ofDeployment = deployFindings(file, settings).filter(({ key }) => key !== 'alarms' || 'settings' in read);
    const findings = [
      // Of two findings about one setting, the one that knows its cure.
      ...file.findings.filter(({ key }) => key === null || ofDeployment.every((each) => each.key !== key)),
      ...(across.get(file.path) ?? []),
      ...(file.config === null ? [] : lookAtConfig(file.config)),
      ...ofDeployment,
      ...(deployed.get(file.path) ?? []),
    ];
    return findings.filter(({ severity }) => severity === 'wrong').map((each) => problemSentence(file, each));
  });
  if ('problems' in read) problems.unshift(...read.problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return { settings, models: files.map(modelFile) };
}

function modelFile({ path, raw, config, lineOf }: ReturnType<typeof readConfigFile>): ModelFile {
  if (config === null) throw new Error(`${path} was not found wrong, and has no configuration`);
  // `deployFindings` refuses a model without these two.
  return { path, raw, config, lineOf, document: modelSchema.parse(raw) as DeployedModel };
}
