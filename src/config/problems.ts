import type * as z from 'zod';
import { nearName } from './near-name';
import { isSecretSetting, shownValue, withoutAccessKeys } from './shown-value';

/**
 * What zod found wrong, in sentences for the person who wrote the configuration: where, what was given, what is
 * allowed. Values under secret-like keys are never repeated.
 */
export function problemsOf(error: z.ZodError, raw: unknown, at: string): string[] {
  return error.issues.flatMap((issue) => sentence(issue, raw, at)).map(withoutAccessKeys);
}

const KNOWN = 'known settings: ';

/** For `safeParse`: an issue about an unknown key carries those that are known there. */
export const knownSettings: z.core.$ZodErrorMap = (issue) => {
  const def: object = issue.inst?._zod.def ?? {};
  return issue.code === 'unrecognized_keys' && 'shape' in def && typeof def.shape === 'object' && def.shape !== null
    ? `${KNOWN}${Object.keys(def.shape).join(' ')}`
    : undefined;
};

function spelling(key: string, { message }: { readonly message: string }): string {
  const known = message.startsWith(KNOWN) ? message.slice(KNOWN.length).split(' ') : [];
  const near = nearName(key, known);
  return near === null ? 'check the spelling' : `write ${near}, or remove it`;
}

function sentence(issue: z.core.$ZodIssue, raw: unknown, at: string): string[] {
  const where = pathText(at, issue.path);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${pathText(at, [...issue.path, key])} is not a setting; ${spelling(key, issue)}`);
  if (issue.code === 'invalid_key') {
    const [about] = issue.issues;
    return [`${where} is refused as a name: it ${about === undefined ? 'is not allowed' : allowed(about)}`];
  }
  const given = valueAt(raw, issue.path);
  if (given === undefined) return [`${where} is missing: ${allowed(issue)}`];
  if (isSecretSetting(where)) return [`${where} ${allowed(issue)}${quotes(issue, given)}`];
  return [`${where} ${allowed(issue)}; given: ${shownValue(given)}`];
}

/** Of a value that is not shown, its type says what to do. */
const quotes = (issue: z.core.$ZodIssue, given: unknown): string =>
  issue.code === 'invalid_type' && issue.expected === 'string' && /number|boolean/.test(typeof given)
    ? '; write it in quotes'
    : '';

function allowed(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `must be ${issue.values.map(String).join(' or ')}`;
  if (issue.code === 'invalid_type') return `must be ${article(issue.expected)}`;
  if (issue.code === 'too_small')
    return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${UNITS[issue.origin] ?? ''}`;
  if (issue.code === 'too_big')
    return `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${UNITS[issue.origin] ?? ''}`;
  if (issue.code === 'invalid_format')
    return issue.message.startsWith('Invalid')
      ? `must have the form ${'pattern' in issue ? issue.pattern : issue.format}`
      : issue.message;
  return issue.message;
}

const UNITS: Readonly<Record<string, string>> = { array: ' item(s)', string: ' character(s)' };

const article = (type: string): string => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);

export function pathText(at: string, path: readonly PropertyKey[]): string {
  let text = at;
  for (const part of path) text += partText(part, text === '');
  return text === '' ? 'the configuration' : text;
}

/** A name that holds blanks is quoted: a sentence about it begins with its key, which ends at the first blank. */
function partText(part: PropertyKey, isFirst: boolean): string {
  if (typeof part === 'number') return `[${part}]`;
  const name = String(part);
  return name === '' || /\s/.test(name) ? `[${JSON.stringify(name)}]` : `${isFirst ? '' : '.'}${name}`;
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  let current = raw;
  for (const part of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<PropertyKey, unknown>)[part];
  }
  return current;
}
