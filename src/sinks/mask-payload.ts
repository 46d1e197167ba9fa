import type { Inference, Value } from '../core/types';
import { isArray, isObject, toJson } from '../core/value';

/**
 * A partner's error message, fit for a log: partners quote the values they refuse, and payload must not reach a log.
 * Every word that stands in a value of the batch becomes `…`; column names stay, they are what a person needs.
 */
const MAX_MESSAGE_CHARACTERS = 200;

export function maskPayload(message: string, inferences: readonly Inference[]): string {
  const words = new Set<string>();
  for (const inference of inferences) {
    for (const columns of [inference.inputs, inference.outputs])
      for (const value of columns?.values() ?? []) collect(value, words);
  }
  const short = message.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_MESSAGE_CHARACTERS);
  return short.replaceAll(/[^\s"'`,;:()[\]{}=<>]+/g, (word) =>
    words.has(normal(word)) || word.length > 60 ? '…' : word,
  );
}

function collect(value: Value, words: Set<string>): void {
  if (isArray(value)) return value.forEach((item) => collect(item, words));
  if (isObject(value)) return value.forEach((item) => collect(item, words));
  const text = typeof value === 'string' ? value : toJson(value);
  for (const word of text.split(/[\s"'`,;:()[\]{}=<>]+/)) if (word !== '') words.add(normal(word));
}

// "Adelie." at the end of a sentence is the value Adelie.
const normal = (word: string): string => word.toLowerCase().replace(/[.!?]+$/, '');
