import { parseJson } from '../../../src/core/decode/json-text';
import { isArray, isObject } from '../../../src/core/value';
import { NumberToken, type Value } from '../../../src/core/types';

/**
 * A JSON body as plain data for `assert.deepEqual`. Integers beyond 2^53 become bigints: `JSON.parse` would round both
 * sides to the same wrong number. How a float is spelled (`1e-7`, `1e-07`) makes no difference.
 */
export type Comparable = null | boolean | string | number | bigint | Comparable[] | { [name: string]: Comparable };

/** Throws when the body is no JSON; bare NaN is none here. */
export function comparable(body: Buffer): Comparable {
  const parsed = parseJson(body.toString('utf8'), 64);
  if (!parsed.ok || parsed.nonFinite) throw new Error(`not JSON: ${body.toString('utf8').slice(0, 200)}`);
  return plain(parsed.value);
}

function plain(value: Value): Comparable {
  if (value instanceof NumberToken) return numberOf(value.text);
  if (isArray(value)) return value.map(plain);
  if (isObject(value)) return Object.fromEntries([...value].map(([name, member]) => [name, plain(member)]));
  return value;
}

function numberOf(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) || !/^-?\d+$/.test(text) ? number : BigInt(text);
}
