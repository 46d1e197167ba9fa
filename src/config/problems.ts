import type * as z from 'zod';
import { isSecretSetting, shownValue, withoutAccessKeys } from './shown-value';

/**
 * What zod found wrong, in sentences for the person who wrote the configuration: where, what was given, what is
 * allowed. Values under secret-like keys are never repeated.
 */
export function problemsOf(error: z.ZodError, raw: unknown, at: string): string[] {
  return error.issues.flatMap((issue) => sentence(issue, raw, at)).map(withoutAccessKeys);
}

function sentence(issue: z.core.$ZodIssue, raw: unknown, at: string): string[] {
  const where = pathText(at, issue.path);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${pathText(at, [...issue.path, key])} is not a setting; check the spelling`);
  if (issue.code === 'invalid_key') {
    const [about] = issue.issues;
    return [`${where} is refused as a name: it ${about === undefined ? 'is not allowed' : allowed(about)}`];
  }
  const given = valueAt(raw, issue.path);
  if (given === undefined) return [`${where} is missing: ${allowed(issue)}`];
  return [`${where} ${allowed(issue)}${isSecretSetting(where) ? '' : `; given: ${shownValue(given)}`}`];
}

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
