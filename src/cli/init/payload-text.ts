import { isUtf8 } from 'node:buffer';
import { decodeCsv } from '../../core/decode/csv';
import { NumberToken, type Payload, type Value } from '../../core/types';

/** What a captured side holds as text, for guesses that the decoder must not make. */

/** The text of a side; null when it holds bytes. */
export function textOf(payload: Payload): string | null {
  if (payload.encoding !== 'BASE64') return payload.data;
  const bytes = Buffer.from(payload.data, 'base64');
  return isUtf8(bytes) ? bytes.toString('utf8') : null;
}

/** Media type without parameters, in lower case; empty when the header was missing. */
export const mediaType = (payload: Payload): string =>
  (payload.contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/** Rows of a side that Data Capture or its content type calls CSV; null for anything else. */
export function csvRows(payload: Payload): readonly (readonly Value[])[] | null {
  if (payload.encoding !== 'CSV' && mediaType(payload) !== 'text/csv') return null;
  const text = textOf(payload);
  if (text === null || /^\s*[[{]/.test(text)) return null;
  const csv = decodeCsv(text);
  return csv.ok ? csv.rows : null;
}

/** True for a table of equal rows in which every cell is a number or empty, and some are numbers. */
export function isNumericTable(text: string): boolean {
  const csv = decodeCsv(text);
  if (!csv.ok) return false;
  const cells = csv.rows.flat();
  return (
    new Set(csv.rows.map((row) => row.length)).size === 1 &&
    cells.every((cell) => cell === null || cell instanceof NumberToken) &&
    cells.some((cell) => cell !== null)
  );
}
