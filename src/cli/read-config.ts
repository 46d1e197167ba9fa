import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type ModelConfig, parseModelConfig } from '../config/model-config';
import { ConfigError, messageOf } from '../core/errors';

/** A model's configuration from a YAML (or JSON) file. Throws a ConfigError that names the file in every problem. */
export function readModelConfig(path: string): ModelConfig {
  let raw: unknown;
  try {
    raw = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ConfigError([`${path} cannot be read: ${messageOf(error)}`]);
  }
  try {
    return parseModelConfig(raw);
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(error.problems.map((problem) => `${path}: ${problem}`));
    throw error;
  }
}
