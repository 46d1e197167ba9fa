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
  if (raw === null) return { path, raw, config: null, findings: [EMPTY], lineOf };
  try {
    return { path, raw, config: parseModelConfig(raw), findings: [], lineOf };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const findings = error.problems.map((problem) => {
      const parts = problemParts(problem, read.numberText);
      return { ...parts, line: parts.key === null ? null : lineOf(parts.key) };
    });
    return { path, raw, config: null, findings, lineOf };
  }
}

function wrong(line: number | null, key: string | null, problem: string): Finding {
  return { severity: 'wrong', source: 'configuration', line, key, problem, given: null, cure: null };
}

const EMPTY = {
  ...wrong(null, null, 'is empty'),
  cure: "write the model's configuration there; capture-relay init proposes one",
};

const GIVEN = '; given: ';

/**
 * A sentence of `config/problems.ts` in its parts: the key, what is wrong and allowed, the value, what to do.
 * `numberText`: of a key, the number as its file has it.
 */
export function problemParts(sentence: string, numberText: (key: string) => string | null = () => null): Finding {
  const [, whole, key, rest = ''] =
    /^(?:(the configuration)|((?:\["(?:[^"\\]|\\.)*"\]|\S)+)) (.*)$/s.exec(sentence) ?? [];
  if (whole === undefined && key === undefined) return wrong(null, null, sentence);
  const at = rest.indexOf(GIVEN);
  const said = at === -1 ? rest : rest.slice(0, at);
  const [, problem = said, write] = /^(.*?); (write .*)$/s.exec(said) ?? [];
  const parsed = at === -1 ? null : rest.slice(at + GIVEN.length);
  // A value that is not repeated is not repeated as it is written, either.
  const given = parsed === null || key === undefined ? parsed : (numberText(key) ?? parsed);
  return { ...wrong(null, key ?? null, problem), given, cure: write ?? cureOf(problem, given) };
}

/** What to do; null where the problem says all that is known. */
function cureOf(problem: string, given: string | null): string | null {
  const [, cure = null] = CURES.find(([beginning]) => problem.startsWith(beginning)) ?? [];
  if (cure !== null) return cure;
  if (given === 'null') return 'give it a value, or remove it';
  if (given === null) return null;
  if (problem === 'must be a string') return /^[-+.\d]|^(?:true|false)$/.test(given) ? 'put it in quotes' : null;
  if (/^must be an? (?:number|int)$/.test(problem)) {
    const [, digits] = /^"(-?\d+(?:\.\d+)?)"$/.exec(given) ?? [];
    return digits === undefined ? null : `write it without quotes: ${digits}`;
  }
  if (problem !== 'must be a boolean') return null;
  if (/^"(?:yes|y|on|true)"$/i.test(given)) return 'write true';
  return /^"(?:no|n|off|false)"$/i.test(given) ? 'write false' : null;
}

const CURES: readonly (readonly [beginning: string, cure: string])[] = [
  ['is not a setting', 'correct its spelling or remove it; docs/configuration.md names every setting'],
  ['is missing', 'add it'],
  ['is refused as a name', 'remove it or give it another name'],
  ['must go', 'remove it'],
];
