import type { PassReading } from '../../core/pass-through';
import type { CaptureEvent, Payload } from '../../core/types';

/**
 * What Arthur's own decoder of captures reads: CSV, and two shapes of JSON, on both sides. Source: Arthur's guide
 * "AWS SageMaker Data Capture Integration", Supported Data Formats. Where the guide leaves open how rows are counted,
 * the event counts as unreadable: an inference that Arthur may drop must not be called delivered.
 */
const LISTS: ReadonlySet<string> = new Set(['instances', 'predictions']);
const VALUES: ReadonlySet<string> = new Set(['features', 'probabilities']);

const CURE = "Arthur's own decoder does not read that; set mode: rows to have it decoded here";

/** The number of inferences Arthur makes of the event; both sides must hold as many. */
export function readByGuide(event: CaptureEvent): PassReading {
  const input = rowsOf(event.input);
  const output = rowsOf(event.output);
  if (typeof input === 'string') return { ok: false, reason: `the input ${input}; ${CURE}` };
  if (typeof output === 'string') return { ok: false, reason: `the output ${output}; ${CURE}` };
  if (input === output) return { ok: true, inferences: input };
  return { ok: false, reason: `the input holds ${input} row(s) and the output ${output}; ${CURE}` };
}

/** At least 1; or what is wrong with the side. */
function rowsOf(payload: Payload | null): number | string {
  if (payload === null) return 'was not captured';
  if (payload.encoding === 'CSV') return csvRows(payload.data);
  if (payload.encoding === 'JSON') return jsonRows(payload.data);
  return payload.encoding === 'BASE64' ? 'is BASE64' : 'has an encoding that Data Capture does not write';
}

/** One row a line. A line break inside a cell, or an empty line between rows, may or may not begin a row there. */
function csvRows(text: string): number | string {
  const body = text.trim();
  if (body === '') return 'holds no row';
  if (/\n\r?\n/.test(body)) return 'has an empty line between its rows';
  const lines = body.split('\n');
  return lines.some(hasOpenQuote) ? 'has a line break inside a cell' : lines.length;
}

// Quotes come in pairs, doubled ones too; an odd one is still open at the end of its line.
const hasOpenQuote = (line: string): boolean => line.split('"').length % 2 === 0;

function jsonRows(text: string): number | string {
  const document = parsed(text);
  const [list, ...others] = Object.entries(isRecord(document) ? document : {});
  const other = "is none of the guide's two JSON shapes";
  if (list === undefined || others.length > 0 || !LISTS.has(list[0]) || !Array.isArray(list[1])) return other;
  const rows: unknown[] = list[1];
  if (rows.length === 0) return 'holds no row';
  return rows.every(isPositional) || rows.every(isNamed) ? rows.length : other;
}

function isPositional(row: unknown): boolean {
  const [values, ...others] = Object.entries(isRecord(row) ? row : {});
  return values !== undefined && others.length === 0 && VALUES.has(values[0]) && Array.isArray(values[1]);
}

function isNamed(row: unknown): boolean {
  const names = isRecord(row) ? Object.keys(row) : [];
  return names.length > 0 && names.every((name) => !LISTS.has(name) && !VALUES.has(name));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
