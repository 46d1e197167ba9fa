import { readFileSync } from 'node:fs';
import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { messageOf } from '../../core/errors';
import type { Finding } from './finding';

/** A YAML document as data, with the place of each of its keys; or what keeps it from being read. */
export type YamlFile =
  | {
      readonly raw: unknown;
      /** The line of a key, or of the nearest thing around it that is there; from 1, null where nothing is. */
      readonly lineOf: (key: string) => number | null;
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
  if (document.errors.length > 0) {
    return {
      findings: document.errors.map((error) =>
        unreadable(lines.linePos(error.pos[0]).line, `is not YAML: ${error.message}`, BROKEN_CURE),
      ),
    };
  }
  try {
    return { raw: document.toJS(), lineOf: (key) => lineOf(document, lines, key) };
  } catch (error) {
    return { findings: [unreadable(null, `cannot be read: ${messageOf(error)}`, null)] };
  }
}

const BROKEN_CURE = 'look at that line and the ones above it: indentation, brackets and quotes that are not closed';

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
  return offset === null ? null : lines.linePos(offset).line;
}

const offsetOf = (node: unknown): number | null => (node as Node | null | undefined)?.range?.[0] ?? null;
