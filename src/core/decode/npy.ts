import { NumberToken, type Value } from '../types';

/**
 * NumPy's `.npy` (application/x-npy: what scikit-learn and PyTorch containers take by default) to nested lists.
 * Numbers are printed with the fewest digits that give the same float back. Source: NEP 1, "A Simple File Format".
 */
export type NpyResult =
  | { readonly ok: true; readonly value: Value; readonly nonFinite: number }
  | { readonly ok: false; readonly reason: string };

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');

export const isNpy = (bytes: Buffer): boolean => bytes.length >= 10 && bytes.subarray(0, 6).equals(MAGIC);

type ReadNumber = (view: DataView, at: number, little: boolean) => number | bigint | boolean;

const TYPES: Readonly<Record<string, { bytes: number; read: ReadNumber }>> = {
  f8: { bytes: 8, read: (view, at, little) => view.getFloat64(at, little) },
  f4: { bytes: 4, read: (view, at, little) => view.getFloat32(at, little) },
  i8: { bytes: 8, read: (view, at, little) => view.getBigInt64(at, little) },
  i4: { bytes: 4, read: (view, at, little) => view.getInt32(at, little) },
  i2: { bytes: 2, read: (view, at, little) => view.getInt16(at, little) },
  i1: { bytes: 1, read: (view, at) => view.getInt8(at) },
  u8: { bytes: 8, read: (view, at, little) => view.getBigUint64(at, little) },
  u4: { bytes: 4, read: (view, at, little) => view.getUint32(at, little) },
  u2: { bytes: 2, read: (view, at, little) => view.getUint16(at, little) },
  u1: { bytes: 1, read: (view, at) => view.getUint8(at) },
  b1: { bytes: 1, read: (view, at) => view.getUint8(at) !== 0 },
};

// NumPy's own maximum; deeper shapes are made to break a reader.
const MAX_DIMENSIONS = 32;

/** `maxValues` bounds what is built; a header costs nothing to write. */
export function decodeNpy(bytes: Buffer, maxValues: number): NpyResult {
  const major = bytes[6] ?? 0;
  const start = major === 1 ? 10 : 12;
  const headerBytes = major === 1 ? bytes.readUInt16LE(8) : bytes.length >= 12 ? bytes.readUInt32LE(8) : 0;
  const header = bytes.subarray(start, start + headerBytes).toString('latin1');
  const descr = /'descr':\s*'([<>|=]?)([a-z]\d+)'/.exec(header);
  const shapeText = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  const type = TYPES[descr?.[2] ?? ''];
  if (descr === null || shapeText === undefined || type === undefined)
    return { ok: false, reason: 'an npy header of a form or type that is not read' };
  const shape = shapeText
    .split(',')
    .map((size) => size.trim())
    .filter((size) => size !== '')
    .map(Number);
  const count = shape.reduce((product, size) => product * size, 1);
  if (shape.length > MAX_DIMENSIONS)
    return { ok: false, reason: `npy data of ${shape.length} dimensions, where NumPy has ${MAX_DIMENSIONS} at most` };
  if (count > maxValues)
    return { ok: false, reason: `npy data of ${count} values; limits.maxValuesPerEvent allows ${maxValues}` };
  const data = bytes.subarray(start + headerBytes);
  // `(10**9, 0)` holds no byte and would still make a billion empty rows.
  if (count === 0 && shape.length > 1) return { ok: false, reason: 'an npy array with an empty dimension' };
  if (data.length !== count * type.bytes)
    return { ok: false, reason: `npy data has ${data.length} bytes where its shape asks for ${count * type.bytes}` };
  return nest(data, shape, /'fortran_order':\s*True/.test(header), descr[1] !== '>', type, descr[2] === 'f4');
}

function nest(
  data: Buffer,
  shape: number[],
  fortran: boolean,
  little: boolean,
  type: { bytes: number; read: ReadNumber },
  single: boolean,
): NpyResult {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const strides = shape.map((_, axis) =>
    (fortran ? shape.slice(0, axis) : shape.slice(axis + 1)).reduce((product, size) => product * size, 1),
  );
  let nonFinite = 0;
  const build = (axis: number, offset: number): Value => {
    if (axis < shape.length)
      return Array.from({ length: shape[axis] ?? 0 }, (_, i) => build(axis + 1, offset + i * (strides[axis] ?? 0)));
    const number = type.read(view, offset * type.bytes, little);
    if (typeof number === 'boolean') return number;
    if (typeof number === 'number' && !Number.isFinite(number)) {
      nonFinite += 1;
      return null;
    }
    return new NumberToken(single && typeof number === 'number' ? shortestFloat32(number) : String(number));
  };
  return { ok: true, value: build(0, 0), nonFinite };
}

function shortestFloat32(number: number): string {
  for (let digits = 1; digits < 9; digits += 1) {
    const short = Number(number.toPrecision(digits));
    if (Math.fround(short) === number) return String(short);
  }
  return String(Number(number.toPrecision(9)));
}
