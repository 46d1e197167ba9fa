import type { Value } from '../types';
import { isArray, isObject, isScalar } from '../value';
import { certain, each, either, positional, type SideName, type Side, these } from './reading';
import { rowOf } from './row';

/**
 * A bare JSON list. Lists of lists and lists of objects say rows; a flat list does not:
 *
 * | list                 | as input                              | as output                                |
 * |----------------------|---------------------------------------|------------------------------------------|
 * | `[[…],[…]]`          | 2 rows                                | 2 rows                                   |
 * | `[{…},{…}]`          | 2 rows                                | 2 rows                                   |
 * | `[1, 2, 3]`          | 1 row, or 3 if only that fits         | 1 (class probabilities) or 3: input says |
 * | `["a", "b"]`         | 1 or 2: output says                   | 1 or 2: input says                       |
 * | `[1, [2, 3], "a"]`   | 1 row                                 | 1 or 3: input says                       |
 *
 * A flat input list beside a flat output list of the same length fits both ways and is ambiguous.
 */
export function listShape(list: readonly Value[], side: SideName, valuesAt: string | null = null): Side {
  if (list.length === 0) return certain([]);
  if (isMessages(list)) return certain([positional([list])]);
  if (list.every(isObject) || list.every(isArray)) return certain(each<Value>(list, (item) => rowOf(item, valuesAt)));
  const asOne = these([positional(list)]);
  const asRows = each(list, (item) => rowOf(item, valuesAt));
  const isOneByItself = side === 'input' && !list.every((item) => typeof item === 'string');
  if (isOneByItself && !list.every(isScalar)) return certain(asOne);
  return either([asOne, asRows], isOneByItself ? asOne : null);
}

/** A chat: `[{"role": …, "content": …}, …]` is one conversation, however many messages it has. */
export function isMessages(value: Value | undefined): boolean {
  return (
    isArray(value) &&
    value.length > 0 &&
    value.every((item) => isObject(item) && item.has('role') && item.has('content'))
  );
}
