import { randomUUID } from 'node:crypto';
import { NumberToken, type Value } from '../../core/types';
import { isArray, isObject } from '../../core/value';

/**
 * Values as plain JavaScript data for a JSON writer that only knows JavaScript numbers (the ndjson package), without
 * losing a digit: a number whose text JavaScript would change travels as marked text and is unmarked in the output.
 * The mark is random, so no captured text can pretend to be one.
 */
export class ExactJson {
  private readonly mark = `number:${randomUUID()}:`;
  private readonly marked = new RegExp(`"${this.mark}([^"]*)"`, 'g');

  toData(value: Value): unknown {
    if (value instanceof NumberToken)
      return String(Number(value.text)) === value.text ? Number(value.text) : this.mark + value.text;
    if (isArray(value)) return value.map((item) => this.toData(item));
    if (isObject(value)) return Object.fromEntries([...value].map(([name, member]) => [name, this.toData(member)]));
    return value;
  }

  unmark(json: string): string {
    return json.includes(this.mark) ? json.replaceAll(this.marked, '$1') : json;
  }
}
