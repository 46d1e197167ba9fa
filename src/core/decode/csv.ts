import { NumberToken, type Value } from '../types';

/**
 * CSV text to rows of values, by RFC 4180: quoted commas, quotes and newlines, CRLF or LF. Empty lines at the start
 * (Python triple-quoted bodies) and at the end are no rows; an empty line between rows is a row with one empty cell.
 */
export type CsvResult =
  | { readonly ok: true; readonly rows: Value[][] }
  | { readonly ok: false; readonly code: 'MALFORMED_CSV'; readonly reason: string };

// A JSON number token, and an exponent only with a sign or after a fraction: float printers write `1e-05` and `1.0E5`,
// while `1e5` is as likely a code. `007`, `+1`, `.5`, ` 1` and `NaN` stay text.
const NUMBER_CELL = /^-?(?:0|[1-9]\d*)(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]\d+)?$/;

/** A cell without quotes: empty is null, a number token is a number with its exact text, all else is text. */
export function typeCell(cell: string): Value {
  if (cell === '') return null;
  const first = cell.charCodeAt(0);
  const mayBeNumber = first === 45 || (first >= 48 && first <= 57);
  return mayBeNumber && NUMBER_CELL.test(cell) ? new NumberToken(cell) : cell;
}

/** Decodes a whole payload. A quoted cell is always text, so `""` is the empty string and `"5"` stays text. */
export function decodeCsv(text: string): CsvResult {
  const body = text.slice(startOfRows(text));
  const result = body.includes('"') ? quotedRows(body) : plainRows(body);
  if (!result.ok) return result;
  while (result.rows.length > 0 && isEmptyLine(result.rows.at(-1))) result.rows.pop();
  return result;
}

function startOfRows(text: string): number {
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (text[at] === '\n' || (text[at] === '\r' && text[at + 1] === '\n')) at += 1;
  return at;
}

function isEmptyLine(row: Value[] | undefined): boolean {
  return row?.length === 1 && row[0] === null;
}

function plainRows(body: string): CsvResult {
  const rows: Value[][] = [];
  for (const line of body.split('\n')) {
    const row = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (row.includes('\r')) return malformed('a carriage return without a newline', rows.length);
    rows.push(row.split(',').map(typeCell));
  }
  return { ok: true, rows };
}

/** Cell by cell, by searching for the next mark: no pattern that a long cell could exhaust. */
function quotedRows(body: string): CsvResult {
  const rows: Value[][] = [];
  let row: Value[] = [];
  for (let at = 0; ; ) {
    const isQuoted = body[at] === '"';
    const end = isQuoted ? endOfQuoted(body, at) : endOfPlain(body, at);
    if (end === null) return malformed('a quote that does not open or close a whole cell', rows.length);
    const cell = body.slice(at, end);
    row.push(isQuoted ? cell.slice(1, -1).replaceAll('""', '"') : typeCell(cell));
    if (body[end] === ',') {
      at = end + 1;
      continue;
    }
    rows.push(row);
    row = [];
    at = end + (body[end] === '\r' ? 2 : 1);
    if (at >= body.length) return { ok: true, rows };
  }
}

/** Where a cell without quotes ends; null when a quote or a lone carriage return stands in it. */
function endOfPlain(body: string, start: number): number | null {
  PLAIN_END.lastIndex = start;
  const at = PLAIN_END.exec(body)?.index ?? body.length;
  return body[at] === '"' || (body[at] === '\r' && body[at + 1] !== '\n') ? null : at;
}

const PLAIN_END = /[",\r\n]/g;

/** Just behind the closing quote; null when there is none, or when something else follows it. */
function endOfQuoted(body: string, start: number): number | null {
  for (let at = body.indexOf('"', start + 1); at !== -1; at = body.indexOf('"', at + 2)) {
    if (body[at + 1] === '"') continue;
    const next = body[at + 1];
    const closes = next === undefined || next === ',' || next === '\n' || (next === '\r' && body[at + 2] === '\n');
    return closes ? at + 1 : null;
  }
  return null;
}

function malformed(what: string, rowsBefore: number): CsvResult {
  return { ok: false, code: 'MALFORMED_CSV', reason: `row ${rowsBefore + 1} has ${what} (RFC 4180)` };
}
