import type { Value } from '../types';
import { isArray, isObject } from '../value';

/** Paths as the AI Toolkit writes them: names and positions joined by dots and brackets, `[*]` for the rows. */

export type PathStep =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'at'; readonly index: number }
  | { readonly kind: 'each' };

const STEP = /\.?([^.[\]]+)|\[(\*|\d+)\]/y;

/** Null when the text is no path. `$.` at the start is allowed and means the document. */
export function parsePath(text: string): PathStep[] | null {
  const body = text.replace(/^\$\.?/, '');
  const steps: PathStep[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < body.length) {
    const match = STEP.exec(body);
    if (match === null) return null;
    const [, name, position] = match;
    if (name !== undefined) steps.push({ kind: 'name', name });
    else steps.push(position === '*' ? { kind: 'each' } : { kind: 'at', index: Number(position) });
  }
  return steps;
}

/** One step into a value; undefined when there is nothing there. */
export function step(value: Value, next: PathStep): Value | undefined {
  if (next.kind === 'name') return isObject(value) ? value.get(next.name) : undefined;
  return next.kind === 'at' && isArray(value) ? value[next.index] : undefined;
}

export function valueAt(value: Value, path: string): Value | undefined {
  let current: Value | undefined = value;
  for (const next of parsePath(path) ?? []) {
    if (current === undefined) return undefined;
    current = step(current, next);
  }
  return current;
}

/** True for a path with two `[*]`: it has no single row axis. */
export function hasSeveralAxes(steps: readonly PathStep[]): boolean {
  return steps.filter((each) => each.kind === 'each').length > 1;
}
