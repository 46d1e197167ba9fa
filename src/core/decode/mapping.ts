import type { Value } from '../types';
import { isArray } from '../value';
import { type PathStep, step } from './path';
import { certain, named, refused, refusedRow, type DecodedRow, type Side, type SideName } from './reading';

/**
 * Field by field, as Splunk AI Toolkit's mapping documents say it. The two documents point in opposite directions:
 * the input one is field → path (`{"cpu": "instances[*].cpu"}`), the output one path → field (`{"result[*].p": "cpu_p"}`);
 * the configuration turns both into this one form.
 */
export interface PathMapping {
  readonly fields: readonly { readonly field: string; readonly path: readonly PathStep[] }[];
}

type Found = { readonly one: Value } | { readonly each: readonly (Value | undefined)[] };

/** `documents`: one JSON document, or one per line of JSON Lines. */
export function mapRows(documents: readonly Value[], mapping: PathMapping, side: SideName): Side {
  const rows: DecodedRow[] = [];
  for (const document of documents) {
    const columns: { field: string; found: Found }[] = [];
    let length: number | null = null;
    for (const { field, path } of mapping.fields) {
      const found = follow(document, path);
      if (found === null) return refused('MISSING_KEY', `the ${side} has nothing at the path mapped to "${field}"`);
      if ('each' in found) {
        if (length !== null && length !== found.each.length) {
          return refused(
            'COUNT_MISMATCH',
            `the ${side} mapping finds ${found.each.length} values for "${field}" and ${length} for another field`,
          );
        }
        length = found.each.length;
      }
      columns.push({ field, found });
    }
    for (let at = 0; at < (length ?? 1); at += 1) rows.push(rowAt(columns, at));
  }
  return certain(rows);
}

function rowAt(columns: readonly { field: string; found: Found }[], at: number): DecodedRow {
  const row = new Map<string, Value>();
  for (const { field, found } of columns) {
    const value = 'each' in found ? found.each[at] : found.one;
    if (value === undefined) return refusedRow('MISSING_KEY', `this row has nothing at the path mapped to "${field}"`);
    row.set(field, value);
  }
  return named(row);
}

/** Null when the path leads nowhere before it reaches the rows. */
function follow(document: Value, path: readonly PathStep[]): Found | null {
  const axis = path.findIndex((next) => next.kind === 'each');
  const start = walk(document, axis === -1 ? path : path.slice(0, axis));
  if (start === undefined) return null;
  if (axis === -1) return { one: start };
  return isArray(start) ? { each: start.map((item) => walk(item, path.slice(axis + 1))) } : null;
}

function walk(value: Value, steps: readonly PathStep[]): Value | undefined {
  let current: Value | undefined = value;
  for (const next of steps) {
    if (current === undefined) return undefined;
    current = step(current, next);
  }
  return current;
}
