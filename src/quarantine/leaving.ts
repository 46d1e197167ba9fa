import type { QuarantinedLine } from './quarantined-line';
import { type Refusal, without } from './refusal';
import { parseRows, type Rows, rowsText } from './rows';

/**
 * What leaves a segment, as text in the ledger's entry. `17:0-5,8`: these rows of line 17. `18`: what was said of line 18
 * as a whole. `19/50:0-5`: what was said of line 19 as a whole is said of 50 inferences, and rows 0 to 5 of them leave.
 */
export interface LeavingLine {
  readonly line: number;
  /** Inferences of a line that was refused as a whole and turned out to be an event; null when it stays as it was. */
  readonly units: number | null;
  /** Null: what was said of the line as a whole. */
  readonly rows: Rows | null;
}

export const leavingText = (lines: Iterable<LeavingLine>): string => [...lines].map(lineText).join(' ');

function lineText({ line, units, rows }: LeavingLine): string {
  if (rows === null) return String(line);
  return `${line}${units === null ? '' : `/${units}`}:${rowsText(rows).replaceAll(' ', ',')}`;
}

export function parseLeaving(text: string): LeavingLine[] {
  const lines = text.split(' ').filter((each) => each !== '');
  return lines.map((each) => {
    const [, line, units, rows] = /^(\d+)(?:\/(\d+))?(?::(.*))?$/.exec(each) ?? [];
    return {
      line: Number(line),
      units: units === undefined ? null : Number(units),
      rows: rows === undefined ? null : parseRows(rows.replaceAll(',', ' ')),
    };
  });
}

/** What stays. Taking the same away twice changes nothing. */
export function withoutLeaving(
  lines: ReadonlyMap<number, QuarantinedLine>,
  leaving: readonly LeavingLine[],
): Map<number, QuarantinedLine> {
  const left = new Map(lines);
  for (const { line: number, units, rows } of leaving) {
    const line = left.get(number);
    if (line === undefined) continue;
    const whole = units === null ? line : spread(line, units);
    const refusals = without(whole.refusals, { rows: rows ?? [], line: rows === null });
    left.set(number, { ...whole, refusals });
  }
  return left;
}

/** What was said of the line as a whole is said of each of its inferences from now on. */
export function spread(line: QuarantinedLine, units: number): QuarantinedLine {
  const rows: Rows = [[0, units - 1]];
  const refusals = line.refusals.map((each): Refusal => (each.rows === null ? { ...each, rows } : each));
  return { ...line, countedAs: 'event', refusals };
}
