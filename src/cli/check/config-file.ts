import { type ModelConfig, parseModelConfig } from '../../config/model-config';
import { ConfigError } from '../../core/errors';
import type { Finding } from './finding';
import { readYamlFile } from './yaml-file';

/** One configuration file with everything that is wrong in it, each with its line. */
export interface ConfigFile {
  readonly path: string;
  /** The document as data, as far as it could be read; null when it could not. */
  readonly raw: unknown;
  /** Null when something in it is wrong. */
  readonly config: ModelConfig | null;
  readonly findings: readonly Finding[];
  /** The line of a key, or of the nearest thing around it that is there; from 1, null for a file that cannot be read. */
  readonly lineOf: (key: string) => number | null;
}

/** Reads and checks one file. Never throws for what stands in it. */
export function readConfigFile(path: string): ConfigFile {
  const read = readYamlFile(path);
  if ('findings' in read) return { path, raw: null, config: null, findings: read.findings, lineOf: () => null };
  const { raw, lineOf } = read;
  try {
    return { path, raw, config: parseModelConfig(raw), findings: [], lineOf };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const findings = error.problems.map((problem) => {
      const parts = problemParts(problem);
      return { ...parts, line: parts.key === null ? null : lineOf(parts.key) };
    });
    return { path, raw, config: null, findings, lineOf };
  }
}

function wrong(line: number | null, key: string | null, problem: string): Finding {
  return { severity: 'wrong', source: 'configuration', line, key, problem, given: null, cure: null };
}

const GIVEN = '; given: ';

/** A sentence of `config/problems.ts` in its parts: the key, what is wrong and allowed, the value, what to do. */
export function problemParts(sentence: string): Finding {
  const [, whole, key, rest = ''] =
    /^(?:(the configuration)|((?:\["(?:[^"\\]|\\.)*"\]|\S)+)) (.*)$/s.exec(sentence) ?? [];
  if (whole === undefined && key === undefined) return wrong(null, null, sentence);
  const at = rest.indexOf(GIVEN);
  const said = at === -1 ? rest : rest.slice(0, at);
  const [, problem = said, write] = /^(.*?); (write .*)$/s.exec(said) ?? [];
  const given = at === -1 ? null : rest.slice(at + GIVEN.length);
  return { ...wrong(null, key ?? null, problem), given, cure: write ?? cureOf(problem, given) };
}

function cureOf(problem: string, given: string | null): string | null {
  if (problem.startsWith('is not a setting'))
    return 'correct its spelling or remove it; docs/configuration.md names every setting';
  if (problem.startsWith('is missing')) return 'add it';
  if (problem.startsWith('is refused as a name')) return 'remove it or give it another name';
  if (problem.startsWith('must go')) return 'remove it';
  if (given === 'null') return 'give it a value, or remove it';
  return given === null ? null : 'change the value to one that is allowed';
}
