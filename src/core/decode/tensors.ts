import { NumberToken, type Value, type ValueObject } from '../types';
import { isArray, isObject } from '../value';
import { certain, type DecodedRow, named, refused, type Side } from './reading';

/**
 * KServe v2 (Open Inference Protocol, Triton): named tensors with shape and flat or nested data.
 * The first dimension is the batch; each row has one value a tensor: a scalar, or a list when more remain.
 */
export function isTensorList(value: Value | undefined): value is readonly ValueObject[] {
  return (
    isArray(value) &&
    value.length > 0 &&
    value.every((item) => isObject(item) && item.has('name') && item.has('shape') && item.has('data'))
  );
}

interface Tensor {
  readonly name: string;
  readonly rows: readonly Value[];
}

export function tensorRows(list: readonly ValueObject[]): Side {
  const tensors: Tensor[] = [];
  for (const item of list) {
    if (tensors.some((other) => other.name === item.get('name')))
      return refused('DUPLICATE_NAME', 'two tensors have one name');
    const tensor = readTensor(item);
    if (tensor === null) return refused('MALFORMED_TENSOR', 'a tensor whose shape does not agree with its data');
    tensors.push(tensor);
  }
  const [first] = tensors;
  if (first === undefined || tensors.some((tensor) => tensor.rows.length !== first.rows.length)) {
    return refused(
      'MALFORMED_TENSOR',
      'tensors of one request differ in their first dimension, so rows cannot be told',
    );
  }
  const rows: DecodedRow[] = first.rows.map((_, at) =>
    named(new Map(tensors.map((tensor) => [tensor.name, tensor.rows[at] ?? null]))),
  );
  return certain(rows);
}

function readTensor(item: ValueObject): Tensor | null {
  const name = item.get('name');
  const shape = item.get('shape');
  const data = item.get('data');
  if (typeof name !== 'string' || !isArray(shape) || !isArray(data)) return null;
  const sizes = shape.map((size) => (size instanceof NumberToken ? Number(size.text) : Number.NaN));
  if (sizes.length === 0 || sizes.some((size) => !Number.isInteger(size) || size < 0)) return null;
  const [count = 0, ...rest] = sizes;
  const width = rest.reduce((product, size) => product * size, 1);
  const flat = isNested(data) ? flattenNested(data, sizes) : data;
  // A width of 0 would let a shape without data claim any number of rows.
  if (width === 0 || flat === null || flat.length !== count * width) return null;
  const rows = Array.from({ length: count }, (_, at) => {
    const values = flat.slice(at * width, (at + 1) * width);
    return width === 1 ? (values[0] ?? null) : values;
  });
  return { name, rows };
}

const isNested = (data: readonly Value[]): boolean => data.some((item) => isArray(item));

/** Nested data is the shape spelt out, so every level must have the length the shape says; null when one has not. */
function flattenNested(data: readonly Value[], sizes: readonly number[]): Value[] | null {
  const [size, ...rest] = sizes;
  if (data.length !== size) return null;
  if (rest.length === 0) return data.some((item) => isArray(item)) ? null : [...data];
  const flat: Value[] = [];
  for (const item of data) {
    const inner = isArray(item) ? flattenNested(item, rest) : null;
    if (inner === null) return null;
    for (const value of inner) flat.push(value);
  }
  return flat;
}
