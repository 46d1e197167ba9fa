import { NumberToken, type Value } from '../types';

/**
 * JSON text to values that keep every number's text. Differs from `JSON.parse` in four ways, each on purpose:
 * numbers stay as written, bare NaN and Infinity (as Python's json.dumps prints them) become null and are counted,
 * a name that stands twice in one object is an error (which of the two did the model see?), and depth is bounded.
 */
export type JsonResult =
  | { readonly ok: true; readonly value: Value; readonly nonFinite: number }
  | {
      readonly ok: false;
      readonly code: JsonProblem;
      readonly reason: string;
      readonly at: number;
    };

type JsonProblem = 'MALFORMED_JSON' | 'DUPLICATE_NAME' | 'NESTING_TOO_DEEP' | 'TOO_MANY_VALUES';

class Stop extends Error {
  constructor(
    readonly code: JsonProblem,
    readonly reason: string,
    readonly at: number,
  ) {
    super(reason);
  }
}

interface JsonLimits {
  readonly maxDepth: number;
  /** Values of any kind in one document, containers included. */
  readonly maxValues: number;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /-?[A-Za-z]+/y;
const SPACE = /[ \t\n\r]*/y;
const CONTROL = /[\u0000-\u001f]/;

class Reader {
  at = 0;
  nonFinite = 0;
  private values = 0;

  constructor(
    private readonly text: string,
    private readonly limits: JsonLimits,
  ) {}

  document(): Value {
    this.space();
    const value = this.value(1);
    this.space();
    if (this.at < this.text.length) throw this.malformed('text after the end of the document');
    return value;
  }

  private value(depth: number): Value {
    this.values += 1;
    if (this.values > this.limits.maxValues)
      throw new Stop('TOO_MANY_VALUES', `more than ${this.limits.maxValues} values; limits.maxValuesPerEvent`, this.at);
    const char = this.text[this.at];
    if (char === '{' || char === '[') {
      if (depth > this.limits.maxDepth)
        throw new Stop('NESTING_TOO_DEEP', `nested deeper than ${this.limits.maxDepth} levels`, this.at);
      return char === '{' ? this.object(depth) : this.array(depth);
    }
    if (char === '"') return this.string();
    return this.number() ?? this.word();
  }

  private object(depth: number): Value {
    const members = new Map<string, Value>();
    this.at += 1;
    this.space();
    if (this.take('}')) return members;
    do {
      this.space();
      if (this.text[this.at] !== '"') throw this.malformed('expected a name in double quotes');
      const name = this.string();
      if (members.has(name)) throw new Stop('DUPLICATE_NAME', 'a name stands twice in one object', this.at);
      this.space();
      if (!this.take(':')) throw this.malformed('expected ":" after a name');
      this.space();
      members.set(name, this.value(depth + 1));
      this.space();
    } while (this.take(','));
    if (!this.take('}')) throw this.malformed('expected "," or "}"');
    return members;
  }

  private array(depth: number): Value {
    const items: Value[] = [];
    this.at += 1;
    this.space();
    if (this.take(']')) return items;
    do {
      this.space();
      items.push(this.value(depth + 1));
      this.space();
    } while (this.take(','));
    if (!this.take(']')) throw this.malformed('expected "," or "]"');
    return items;
  }

  private string(): string {
    const start = this.at;
    let end = this.text.indexOf('"', start + 1);
    while (end !== -1 && this.isEscaped(end)) end = this.text.indexOf('"', end + 1);
    if (end === -1) throw this.malformed('a string does not end');
    this.at = end + 1;
    const inner = this.text.slice(start + 1, end);
    if (CONTROL.test(inner)) throw new Stop('MALFORMED_JSON', 'a control character inside a string', start);
    if (!inner.includes('\\')) return inner;
    try {
      return JSON.parse(this.text.slice(start, end + 1)) as string;
    } catch {
      throw new Stop('MALFORMED_JSON', 'a bad escape inside a string', start);
    }
  }

  private isEscaped(quote: number): boolean {
    let backslashes = 0;
    while (this.text[quote - 1 - backslashes] === '\\') backslashes += 1;
    return backslashes % 2 === 1;
  }

  private number(): NumberToken | null {
    NUMBER.lastIndex = this.at;
    const token = NUMBER.exec(this.text)?.[0];
    if (token === undefined) return null;
    this.at += token.length;
    if (/[\w.+-]/.test(this.text[this.at] ?? '')) throw this.malformed('not a JSON number');
    return new NumberToken(token);
  }

  private word(): Value {
    WORD.lastIndex = this.at;
    const word = WORD.exec(this.text)?.[0] ?? '';
    const known = WORDS.get(word);
    if (known === undefined) throw this.malformed('expected a value');
    this.at += word.length;
    if (known.nonFinite) this.nonFinite += 1;
    return known.value;
  }

  private take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at += 1;
    return true;
  }

  private space(): void {
    SPACE.lastIndex = this.at;
    SPACE.test(this.text);
    this.at = SPACE.lastIndex;
  }

  private malformed(reason: string): Stop {
    return new Stop('MALFORMED_JSON', this.at >= this.text.length ? 'the text ends too early' : reason, this.at);
  }
}

const WORDS = new Map<string, { value: Value; nonFinite: boolean }>([
  ['null', { value: null, nonFinite: false }],
  ['true', { value: true, nonFinite: false }],
  ['false', { value: false, nonFinite: false }],
  ['NaN', { value: null, nonFinite: true }],
  ['Infinity', { value: null, nonFinite: true }],
  ['-Infinity', { value: null, nonFinite: true }],
]);

/** Parses one whole document. `at` is the character position of the problem. */
export function parseJson(text: string, maxDepth: number, maxValues = Number.POSITIVE_INFINITY): JsonResult {
  const reader = new Reader(text, { maxDepth, maxValues });
  try {
    const value = reader.document();
    return { ok: true, value, nonFinite: reader.nonFinite };
  } catch (error) {
    if (error instanceof Stop) return { ok: false, code: error.code, reason: error.reason, at: error.at };
    throw error;
  }
}

/**
 * JSON Lines: one document a line, blank lines passed over. Null when some line is no document.
 * Asked only after the whole text failed as one document: pretty-printed JSON looks like lines, too.
 */
export function parseJsonLines(
  text: string,
  maxDepth: number,
  maxValues = Number.POSITIVE_INFINITY,
): { values: Value[]; nonFinite: number } | null {
  const values: Value[] = [];
  let nonFinite = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const result = parseJson(line, maxDepth, maxValues);
    if (!result.ok) return null;
    values.push(result.value);
    nonFinite += result.nonFinite;
  }
  return { values, nonFinite };
}
