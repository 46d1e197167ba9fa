import type { Value, ValueObject } from '../types';
import { isArray } from '../value';
import { type DecodedRow, named } from './reading';

/** Objects of columns (`{"a": [1, 2], "b": [3, 4]}`) to rows. */

/** The length all members share when every one of them is a list; null otherwise. */
export function sharedLength(object: ValueObject): number | null {
  let length: number | null = null;
  for (const member of object.values()) {
    if (!isArray(member) || (length !== null && member.length !== length)) return null;
    length = member.length;
  }
  return length;
}

/** Lengths of the lists among the members, each once: candidates for a number of rows the other side may confirm. */
export function listLengths(object: ValueObject): number[] {
  const lengths = new Set<number>();
  for (const member of object.values()) if (isArray(member)) lengths.add(member.length);
  return [...lengths];
}

/** Rows of `length`: lists of that length are split, anything else stands in every row as it is. */
export function splitColumns(object: ValueObject, length: number): DecodedRow[] {
  return Array.from({ length }, (_, at) => {
    const row = new Map<string, Value>();
    for (const [name, member] of object)
      row.set(name, isArray(member) && member.length === length ? (member[at] ?? null) : member);
    return named(row);
  });
}
