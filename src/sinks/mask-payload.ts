import type { Inference, Value } from '../core/types';
import { isArray, isObject, toJson } from '../core/value';

/**
 * A partner's error message, fit for a log: partners quote the values they refuse, and payload must not reach a log.
 * Values of the batch are taken out wherever they stand, then whatever else could be one: numbers, and text in quotes
 * that is no column name. What is left is the partner's own words.
 */
const MAX_MESSAGE_CHARACTERS = 200;
/** Of the message as it came; pages are longer, and a search for every value of a batch in them would take seconds. */
const MAX_READ_CHARACTERS = 2_000;
const MAX_VALUES = 100_000;

export function maskPayload(message: string, inferences: readonly Inference[]): string {
  let text = message.slice(0, MAX_READ_CHARACTERS).replaceAll(/\s+/g, ' ').trim();
  const lower = text.toLowerCase();
  const names = new Set(
    inferences.flatMap((inference) => [...(inference.inputs?.keys() ?? []), ...(inference.outputs?.keys() ?? [])]),
  );
  const found = [...valuesOf(inferences)].filter((value) => lower.includes(value.toLowerCase()));
  // The longest first: a value that holds another must go as a whole.
  for (const value of found.sort((a, b) => b.length - a.length)) text = replaceIgnoringCase(text, value);
  text = text.replaceAll(/(["'`])((?:\\.|(?!\1).)*)\1/g, (quoted, quote: string, inner: string) =>
    names.has(inner) ? quoted : `${quote}…${quote}`,
  );
  // A word longer than any word may be a token.
  text = text.replaceAll(/\S{41,}/g, '…');
  return text.replaceAll(/[+-]?\d[\d.,:eE+-]*/g, '…').slice(0, MAX_MESSAGE_CHARACTERS);
}

function valuesOf(inferences: readonly Inference[]): Set<string> {
  const values = new Set<string>();
  for (const inference of inferences) {
    for (const columns of [inference.inputs, inference.outputs])
      for (const value of columns?.values() ?? []) collect(value, values);
    if (values.size > MAX_VALUES) break;
  }
  return values;
}

/** The value, and each of its words: partners shorten and re-quote what they repeat. One letter alone tells nothing. */
function collect(value: Value, values: Set<string>): void {
  if (isArray(value)) return value.forEach((item) => collect(item, values));
  if (isObject(value)) return value.forEach((item) => collect(item, values));
  const text = typeof value === 'string' ? value.replaceAll(/\s+/g, ' ').trim() : toJson(value);
  for (const word of [text, ...text.split(/[^\p{L}\p{N}]+/u)])
    if (word.length > 1 && typeof value !== 'boolean' && value !== null) values.add(word);
}

function replaceIgnoringCase(text: string, value: string): string {
  return text.replaceAll(new RegExp(value.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi'), '…');
}
