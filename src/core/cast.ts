import type { ColumnType } from './column-plan';
import { NumberToken, type Value } from './types';
import { isArray, isObject, toJson } from './value';

/** A value to a column's type. `found` names the kind of value only, never the value: it goes into logs. */
export type CastResult =
  | { readonly ok: true; readonly value: Value; readonly nulled: boolean }
  | { readonly ok: false; readonly found: string };

const NUMBER_TEXT = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
// What Python, pandas and Java print where a number is missing or not finite.
const NO_NUMBER = /^(?:|[+-]?nan|[+-]?inf(?:inity)?|n\/a|na|none|null)$/i;

export function castValue(value: Value, type: ColumnType): CastResult {
  if (value === null) return { ok: true, value: null, nulled: false };
  switch (type) {
    case 'string':
      return same(asText(value));
    case 'number':
      return asNumber(value);
    case 'integer':
      return asInteger(value);
    case 'boolean':
      return asBoolean(value);
  }
}

const same = (value: Value): CastResult => ({ ok: true, value, nulled: false });

function asText(value: Value): string {
  if (typeof value === 'string') return value;
  return value instanceof NumberToken ? value.text : toJson(value);
}

function asNumber(value: Value): CastResult {
  if (value instanceof NumberToken) return same(value);
  if (typeof value === 'boolean') return same(new NumberToken(value ? '1' : '0'));
  if (typeof value !== 'string') return { ok: false, found: kindOf(value) };
  const text = value.length > MAX_NUMBER_CHARACTERS ? '?' : value.trim();
  if (NUMBER_TEXT.test(text)) return same(new NumberToken(text));
  if (NO_NUMBER.test(text)) return { ok: true, value: null, nulled: true };
  const spelt = asJsonNumber(text);
  return spelt === null ? { ok: false, found: 'text that is no number' } : same(new NumberToken(spelt));
}

// The longest double is some 1,100 characters written out in full; nothing that is a number in a column is longer.
const MAX_NUMBER_CHARACTERS = 1_200;

/** `007`, `+1`, `.5` and `1.` are no JSON numbers, but in a column of numbers they mean only one; every digit is kept. */
function asJsonNumber(text: string): string | null {
  const parts = /^([+-]?)(\d*)(\.\d*)?([eE][+-]?\d+)?$/.exec(text);
  if (parts === null) return null;
  const [, sign = '', whole = '', fraction = '', exponent = ''] = parts;
  if (whole === '' && fraction.length < 2) return null;
  const decimals = fraction.length < 2 ? '' : fraction;
  return `${sign === '-' ? '-' : ''}${whole.replace(/^0+(?=\d)/, '') || '0'}${decimals}${exponent}`;
}

function asInteger(value: Value): CastResult {
  const cast = asNumber(value);
  if (!cast.ok || !(cast.value instanceof NumberToken)) return cast;
  const { text } = cast.value;
  if (/^-?\d+$/.test(text)) return cast;
  const whole = /^(-?\d+)\.0+$/.exec(text)?.[1];
  if (whole !== undefined) return same(new NumberToken(whole));
  const number = Number(text);
  const isWhole = /[eE]/.test(text) && Number.isSafeInteger(number);
  return isWhole ? same(new NumberToken(String(number))) : { ok: false, found: 'a number that is not whole' };
}

function asBoolean(value: Value): CastResult {
  if (typeof value === 'boolean') return same(value);
  const text = value instanceof NumberToken ? value.text : typeof value === 'string' ? value.trim().toLowerCase() : '?';
  if (text === 'true' || text === '1' || text === '1.0') return same(true);
  if (text === 'false' || text === '0' || text === '0.0') return same(false);
  if (typeof value === 'string' && NO_NUMBER.test(text)) return { ok: true, value: null, nulled: true };
  return { ok: false, found: kindOf(value) };
}

function kindOf(value: Value): string {
  if (value instanceof NumberToken) return 'a number';
  if (isArray(value)) return 'a list';
  if (isObject(value)) return 'an object';
  return typeof value === 'string' ? 'text' : 'true or false';
}
