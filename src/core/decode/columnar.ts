import type { Value, ValueObject } from '../types';
import { isArray } from '../value';
import { named, type Reading } from './reading';

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

/** Rows of `length`: lists of that length are split, anything else stands in every row as it is. */
export function splitColumns(object: ValueObject, length: number, rank = 0): Reading {
  return {
    count: length,
    rank,
    rows: function* () {
      for (let at = 0; at < length; at += 1) {
        const row = new Map<string, Value>();
        for (const [name, member] of object)
          row.set(name, isArray(member) && member.length === length ? (member[at] ?? null) : member);
        yield named(row);
      }
    },
  };
}
