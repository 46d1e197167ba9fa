/** JSON as the partners read it: strict, by the platform's own parser, so that the stand-ins do not share our decoder's faults. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

export type ParsedJson = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly reason: string };

/**
 * Parses a whole body. Bare `NaN` and `Infinity`, broken UTF-8 and an empty body are not JSON, and are refused as such.
 * The reason says where, never what stood there.
 */
export function parseJson(bytes: Uint8Array): ParsedJson {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { ok: false, reason: 'the body is not valid UTF-8' };
  }
  return parseJsonText(text);
}

// `JSON.parse` is typed `any`; what it can return is exactly `Json`.
const parse: (text: string) => Json = JSON.parse;

/** As `parseJson`, of text already decoded. */
export function parseJsonText(text: string): ParsedJson {
  try {
    return { ok: true, value: parse(text) };
  } catch (error) {
    const at = /position \d+/.exec(error instanceof Error ? error.message : '');
    return { ok: false, reason: at === null ? 'not valid JSON' : `not valid JSON at ${at[0]}` };
  }
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Narrows to an array; `Array.isArray` alone does not narrow a readonly one. */
export function isJsonArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** An own member: a row may well hold a column named `constructor`. */
export function member(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
