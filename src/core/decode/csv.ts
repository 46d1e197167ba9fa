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
  const body = text.replace(/^\uFEFF/, '').replace(/^(?:\r?\n)+/, '');
  const result = body.includes('"') ? quotedRows(body) : { ok: true as const, rows: plainRows(body) };
  if (!result.ok) return result;
  while (result.rows.length > 0 && isEmptyLine(result.rows.at(-1))) result.rows.pop();
  return result;
}

function isEmptyLine(row: Value[] | undefined): boolean {
  return row?.length === 1 && row[0] === null;
}

function plainRows(body: string): Value[][] {
  return body.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line).split(',').map(typeCell));
}

// One cell at a time: quoted, or anything up to the next comma or line end.
const CELL = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/y;

function quotedRows(body: string): CsvResult {
  const rows: Value[][] = [];
  let row: Value[] = [];
  CELL.lastIndex = 0;
  for (;;) {
    const at = CELL.lastIndex;
    const match = CELL.exec(body);
    if (match === null) return malformed(at, rows.length);
    const [, quoted, plain = '', ending] = match;
    row.push(quoted === undefined ? typeCell(plain) : quoted.replaceAll('""', '"'));
    if (ending === ',') continue;
    rows.push(row);
    row = [];
    if (ending === '' || CELL.lastIndex >= body.length) return { ok: true, rows };
  }
}

function malformed(at: number, rowsBefore: number): CsvResult {
  return {
    ok: false,
    code: 'MALFORMED_CSV',
    reason: `row ${rowsBefore + 1} has a quote that does not open or close a whole cell (RFC 4180), near character ${at}`,
  };
}
