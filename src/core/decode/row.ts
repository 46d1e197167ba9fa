import { NumberToken, type Value, type ValueObject } from '../types';
import { isArray, isObject } from '../value';
import { type DecodedRow, named, positional, refusedRow } from './reading';

/** One element of a list of rows to one row. The forms are those of SageMaker's common data formats (cdf-inference). */

/** Names that announce rows or positional values; inside a row they would be mistaken for it (Arthur's guide forbids them). */
export const RESERVED_NAMES: ReadonlySet<string> = new Set(['instances', 'predictions', 'features', 'probabilities']);

const POSITIONAL_KEYS = ['features', 'probabilities'];

/**
 * `valuesAt` names the key that holds a row's positional values when it is not one of the known ones.
 * Lists become positional values; a list of lists is one value (a tensor); objects keep their names.
 */
export function rowOf(element: Value, valuesAt: string | null = null): DecodedRow {
  if (isArray(element)) return positional(element.length > 0 && element.every(isArrayOrObject) ? [element] : element);
  if (!isObject(element)) return positional([element]);
  if (valuesAt !== null) return rowAt(element, valuesAt);
  if (element.size === 1) {
    const [[key, inner] = ['', null]] = element;
    if (POSITIONAL_KEYS.includes(key)) return positionalRow(inner);
    if (key === 'data' && isObject(inner) && inner.size === 1 && inner.has('features'))
      return positionalRow(inner.get('features') ?? null);
  }
  const reserved = [...element.keys()].find((key) => RESERVED_NAMES.has(key));
  if (reserved === undefined) return named(element);
  return refusedRow(
    'RESERVED_NAME',
    `a row object holds the reserved name "${reserved}" among others; say which key holds the rows (rowsAt) and the values (valuesAt)`,
  );
}

const isArrayOrObject = (value: Value): boolean => isArray(value) || isObject(value);

function rowAt(element: ValueObject, valuesAt: string): DecodedRow {
  const inner = element.get(valuesAt);
  if (inner === undefined)
    return refusedRow('MISSING_KEY', `valuesAt names "${valuesAt}", which this row does not have`);
  return isObject(inner) ? named(inner) : positional(isArray(inner) ? inner : [inner]);
}

/** What stands under `features`: a list, the long form `{"values": […]}`, or its sparse spelling. */
function positionalRow(inner: Value): DecodedRow {
  if (isArray(inner)) return positional(inner);
  if (!isObject(inner)) return positional([inner]);
  const values = inner.get('values');
  if (!isArray(values)) return named(inner);
  const beside = [...inner.keys()].find((key) => !['values', 'keys', 'shape'].includes(key));
  if (beside !== undefined)
    return refusedRow(
      'RESERVED_NAME',
      'something stands beside the "values" of a row and would be lost; say where the values are (valuesAt)',
    );
  return inner.has('keys') ? sparseRow(inner, values) : positional(values);
}

// A sparse row of a length no model has would only fill the memory: AWS's own widest example has 2,000 columns.
const MAX_SPARSE_LENGTH = 100_000;

function sparseRow(inner: ValueObject, values: readonly Value[]): DecodedRow {
  const keys = inner.get('keys');
  const shape = inner.get('shape');
  const length = Number(isArray(shape) && shape.length === 1 ? text(shape[0]) : Number.NaN);
  const places = isArray(keys) ? keys.map((key) => Number(text(key))) : [];
  const fits =
    Number.isInteger(length) && length >= 0 && length <= MAX_SPARSE_LENGTH && places.length === values.length;
  if (
    !fits ||
    new Set(places).size < places.length ||
    places.some((at) => !Number.isInteger(at) || at < 0 || at >= length)
  ) {
    return refusedRow(
      'MALFORMED_TENSOR',
      `a sparse row whose keys, shape and values do not agree, or that is longer than ${MAX_SPARSE_LENGTH}`,
    );
  }
  const zero = new NumberToken('0');
  const dense = Array.from<unknown, Value>({ length }, () => zero);
  places.forEach((at, i) => {
    dense[at] = values[i] ?? null;
  });
  return positional(dense);
}

const text = (value: Value | undefined): string => (value instanceof NumberToken ? value.text : '');
