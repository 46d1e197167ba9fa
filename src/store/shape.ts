/**
 * Whether parsed JSON has the shape that this version writes. By hand and without a schema library: an entry is read for
 * each file that is forwarded, and for all files of an hour, and nobody needs to be told what is wrong with it.
 */
export type Is<T = unknown> = (value: unknown) => value is T;

export const isText: Is<string> = (value) => typeof value === 'string';

/** JSON has no NaN, but `1e999` is read as infinite. */
export const isNumber: Is<number> = (value): value is number => Number.isFinite(value);

export const isTrueOrFalse: Is<boolean> = (value) => typeof value === 'boolean';

export const orNull =
  <T>(is: Is<T>): Is<T | null> =>
  (value): value is T | null =>
    value === null || is(value);

export const oneOf =
  <T extends string>(...names: readonly T[]): Is<T> =>
  (value): value is T =>
    names.includes(value as T);

export const listOf =
  <T>(is: Is<T>): Is<readonly T[]> =>
  (value): value is readonly T[] =>
    Array.isArray(value) && value.every(is);

/** An object of which all members, whatever their names, have one shape. */
export const mapOf =
  <T>(is: Is<T>): Is<Readonly<Record<string, T>>> =>
  (value): value is Readonly<Record<string, T>> =>
    isObject(value) && Object.values(value).every(is);

/** Every member of T must be named; others may stand beside them. */
export const withMembers = <T extends object>(members: { readonly [name in keyof T]-?: Is<T[name]> }): Is<T> => {
  const shapes = Object.entries<Is>(members);
  return (value): value is T => isObject(value) && shapes.every(([name, is]) => is(value[name]));
};

/** What stands in a body; null for what is no JSON, or not of this shape. Nothing of it reaches an error's message. */
export function parsedAs<T>(body: string, is: Is<T>): T | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return null;
  }
  return is(value) ? value : null;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
