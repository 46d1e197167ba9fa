import { NumberToken, type Value, type ValueObject } from './types';

/** Small questions about values, and their one way into JSON text. */

export const isObject = (value: Value | undefined): value is ValueObject => value instanceof Map;
export const isArray = (value: Value | undefined): value is readonly Value[] => Array.isArray(value);
export const isScalar = (value: Value): boolean => !isArray(value) && !isObject(value);

/** JSON text of a value; numbers come out exactly as they were captured. */
export function toJson(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value instanceof NumberToken) return value.text;
  if (isArray(value)) return `[${value.map(toJson).join(',')}]`;
  return objectToJson(value);
}

function objectToJson(object: ValueObject): string {
  const members: string[] = [];
  for (const [name, member] of object) members.push(`${JSON.stringify(name)}:${toJson(member)}`);
  return `{${members.join(',')}}`;
}

/** A value built from JavaScript data (configuration, computed facts), not from captured text. */
export function fromData(data: unknown): Value {
  if (typeof data === 'number') return Number.isFinite(data) ? new NumberToken(String(data)) : null;
  if (typeof data === 'string' || typeof data === 'boolean') return data;
  if (Array.isArray(data)) return data.map(fromData);
  if (data === null || typeof data !== 'object') return null;
  return new Map(Object.entries(data).map(([name, member]) => [name, fromData(member)]));
}
