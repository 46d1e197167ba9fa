import { readFileSync } from 'node:fs';
import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { prefixProblem } from '../../../lib/notifications/prefix-problem';
import { type ModelConfig, parseModelConfig } from '../../config/model-config';
import { ConfigError, messageOf } from '../../core/errors';
import type { Finding } from './finding';

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
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return unreadable(path, [wrong(null, null, `cannot be read: ${messageOf(error)}`)]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    return unreadable(
      path,
      document.errors.map((error) => wrong(lines.linePos(error.pos[0]).line, null, `is not YAML: ${error.message}`)),
    );
  }
  let raw: unknown;
  try {
    raw = document.toJS();
  } catch (error) {
    return unreadable(path, [wrong(null, null, `cannot be read: ${messageOf(error)}`)]);
  }
  const line = (key: string): number | null => lineOf(document, lines, key);
  try {
    return { path, raw, config: parseModelConfig(raw), findings: [], lineOf: line };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const findings = error.problems.map((problem) => {
      const parts = withCure(problemParts(problem), raw);
      return { ...parts, line: parts.key === null ? null : line(parts.key) };
    });
    return { path, raw, config: null, findings, lineOf: line };
  }
}

const unreadable = (path: string, findings: Finding[]): ConfigFile => ({
  path,
  raw: null,
  config: null,
  findings,
  lineOf: () => null,
});

function wrong(line: number | null, key: string | null, problem: string): Finding {
  return { severity: 'wrong', source: 'configuration', line, key, problem, given: null, cure: null };
}

/** A pattern says what a prefix must be; which one was meant is said here. */
function withCure(found: Finding, raw: unknown): Finding {
  const prefix = found.key === 'capture.prefix' ? (raw as { capture?: { prefix?: unknown } }).capture?.prefix : null;
  const problem = typeof prefix === 'string' ? prefixProblem(prefix) : null;
  return problem === null ? found : { ...found, problem, given: null, cure: null };
}

const GIVEN = '; given: ';

/** A sentence of `config/problems.ts` in its parts: the key, what is wrong and allowed, the value, what to do. */
export function problemParts(sentence: string): Finding {
  const [, whole, key, rest = ''] = /^(?:(the configuration)|(\S+)) (.*)$/s.exec(sentence) ?? [];
  if (whole === undefined && key === undefined) return wrong(null, null, sentence);
  const at = rest.lastIndexOf(GIVEN);
  const problem = at === -1 ? rest : rest.slice(0, at);
  const given = at === -1 ? null : rest.slice(at + GIVEN.length);
  return { ...wrong(null, key ?? null, problem), given, cure: cureOf(problem, given) };
}

function cureOf(problem: string, given: string | null): string | null {
  if (problem.startsWith('is not a setting'))
    return 'correct its spelling or remove it; docs/configuration.md names every setting';
  if (problem.startsWith('is missing')) return 'add it';
  return given === null ? null : 'change the value to one that is allowed';
}

function lineOf(document: Document, lines: LineCounter, key: string): number | null {
  let node: unknown = document.contents;
  let offset = offsetOf(node);
  for (const [, name, index] of key.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    if (isMap(node)) {
      const pair = node.items.find((each) => isScalar(each.key) && each.key.value === name);
      if (pair === undefined) break;
      offset = offsetOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && index !== undefined) {
      node = node.items[Number(index)];
      offset = offsetOf(node) ?? offset;
    } else break;
  }
  return offset === null ? null : lines.linePos(offset).line;
}

const offsetOf = (node: unknown): number | null => (node as Node | null | undefined)?.range?.[0] ?? null;
