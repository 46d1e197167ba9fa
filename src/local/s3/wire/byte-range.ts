/** The Range header as S3 reads it: one range or none. */

export type ByteRange =
  | { readonly kind: 'whole' }
  /** Both ends included, counted from 0, inside the object. */
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  | { readonly kind: 'unsatisfiable' };

/**
 * Resolves a Range header against a size in bytes. A header that is not one well-formed byte range (also several ranges,
 * which S3 does not serve) counts as absent. Source: RFC 9110 section 14, S3 API reference GetObject.
 */
export function byteRangeOf(header: string | undefined, sizeBytes: number): ByteRange {
  const match = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (match === null || (first === '' && last === '')) return { kind: 'whole' };
  if (first === '') return suffixOf(Number(last), sizeBytes);
  const start = Number(first);
  if (last !== '' && Number(last) < start) return { kind: 'whole' };
  if (start >= sizeBytes) return { kind: 'unsatisfiable' };
  return { kind: 'part', start, end: last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1) };
}

function suffixOf(lengthBytes: number, sizeBytes: number): ByteRange {
  if (lengthBytes === 0 || sizeBytes === 0) return { kind: 'unsatisfiable' };
  return { kind: 'part', start: Math.max(0, sizeBytes - lengthBytes), end: sizeBytes - 1 };
}
