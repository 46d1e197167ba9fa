import type { YAMLError } from 'yaml';
import { withoutAccessKeys } from '../../config/shown-value';

/** What keeps a text from being YAML, without a piece of it: what stands where it should not may be a secret. */
export function yamlProblem(
  error: YAMLError,
  text: string,
): { readonly problem: string; readonly cure: string | null } {
  if (error.code === 'TAB_AS_INDENT')
    return { problem: 'is not YAML: a line is indented by a tab', cure: 'use spaces' };
  if (error.code === 'MULTIPLE_DOCS')
    return { problem: 'holds several documents, divided by "---"', cure: 'write one document a file' };
  if (error.code === 'DUPLICATE_KEY')
    return {
      problem: `is not YAML: ${keyAt(text, error.pos[0])} stands twice in one map`,
      cure: 'remove one of the two',
    };
  // The parser quotes what it did not expect.
  const problem = `is not YAML: ${error.message.replace(/: ".*$/s, '')}`;
  if (UNCLOSED.test(error.message)) return { problem, cure: UNCLOSED_CURE };
  return { problem, cure: CURES[error.code] ?? null };
}

const UNCLOSED = /closing|end with a|quote|Flow|flow-/;
const UNCLOSED_CURE = 'look at that line and the ones above it: indentation, brackets and quotes that are not closed';

const CURES: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  BAD_SCALAR_START: 'put the value in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'look at the indentation of that line and the next, and put a value that holds ": " in quotes',
};

/** A key of another form is not named: it may hold anything. */
function keyAt(text: string, offset: number): string {
  const [, name] = /^["']?([\w.-]+)/.exec(text.slice(offset)) ?? [];
  return name === undefined ? 'a key' : `the key "${withoutAccessKeys(name)}"`;
}
