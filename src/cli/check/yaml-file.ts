import { readFileSync } from 'node:fs';
import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { messageOf } from '../../core/errors';
import type { Finding } from './finding';
import { yamlProblem } from './yaml-problem';

/** A YAML document as data, with the place of each of its keys; or what keeps it from being read. */
export type YamlFile =
  | {
      readonly raw: unknown;
      /** The line of a key, or of the nearest thing around it that is there; from 1, null where nothing is. */
      readonly lineOf: (key: string) => number | null;
      /** A number as it is written, which may be no number to its writer: 0111, 1234e5; null for anything else. */
      readonly numberText: (key: string) => string | null;
    }
  | { readonly findings: readonly Finding[] };

/** Never throws, and never shows a line of the file: a secret may stand in it. */
export function readYamlFile(path: string): YamlFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return { findings: [unreadable(null, `cannot be read: ${messageOf(error)}`, null)] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  // What follows a tab is misread for it.
  const tab = document.errors.find(({ code }) => code === 'TAB_AS_INDENT');
  const errors = tab === undefined ? document.errors : [tab];
  if (errors.length > 0)
    return {
      findings: errors.map((error) => {
        const { problem, cure } = yamlProblem(error, text);
        return unreadable(lines.linePos(error.pos[0]).line, problem, cure);
      }),
    };
  try {
    return {
      raw: document.toJS(),
      lineOf: (key) => lineOf(document, lines, key),
      numberText: (key) => numberText(document, key),
    };
  } catch (error) {
    return { findings: [unreadable(null, `cannot be read: ${messageOf(error)}`, null)] };
  }
}

const unreadable = (line: number | null, problem: string, cure: string | null): Finding => ({
  severity: 'wrong',
  source: 'configuration',
  line,
  key: null,
  problem,
  given: null,
  cure,
});

function lineOf(document: Document, lines: LineCounter, key: string): number | null {
  const { offset } = stepTo(document, key);
  return offset === null ? null : lines.linePos(offset).line;
}

function numberText(document: Document, key: string): string | null {
  const { node } = stepTo(document, key);
  return isScalar(node) && typeof node.value === 'number' ? (node.source ?? null) : null;
}

/** What stands at a key, or the nearest thing around it, and where that begins: a pair begins with its key. */
function stepTo(document: Document, key: string): { readonly node: unknown; readonly offset: number | null } {
  let node: unknown = document.contents;
  let offset = offsetOf(node);
  for (const [, quoted, plain, index] of key.matchAll(/\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)|\[(\d+)\]/g)) {
    const name: unknown = quoted === undefined ? plain : JSON.parse(quoted);
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
  return { node, offset };
}

const offsetOf = (node: unknown): number | null => (node as Node | null | undefined)?.range?.[0] ?? null;
