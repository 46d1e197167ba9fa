import type { RejectionStage } from '../core/types';
import { countRows, filterRows, type RowRange, type Rows, rowsOf, withoutRows } from './rows';

/** What was said of one row of a line, or of several alike: so that a refused event of 100,000 rows stays small. */
export interface Refusal {
  /** Null when the whole line or event is meant. */
  readonly rows: Rows | null;
  readonly stage: RejectionStage;
  readonly code: string;
  readonly reason: string;
  /** Of the first row; those of the others end in their own numbers. */
  readonly partnerInferenceId: string | null;
  readonly decoderVersion: string;
}

/** Inferences: a line or event that cannot be decoded counts as one. */
export const unitsOf = ({ rows }: Refusal): number => (rows === null ? 1 : countRows(rows));

/** What was said alike is joined, and stands in the order of first rows: one form, in whatever order it came. */
export function inOrder(refusals: Iterable<Refusal>): Refusal[] {
  const alike = new Map<string, { readonly refusal: Refusal; readonly ranges: RowRange[] }>();
  const joined: Refusal[] = [];
  for (const refusal of refusals) {
    const key = likeness(refusal);
    const known = alike.get(key);
    if (refusal.rows === null) joined.push(refusal);
    else if (known === undefined) alike.set(key, { refusal, ranges: [...refusal.rows] });
    else for (const range of refusal.rows) known.ranges.push(range);
  }
  for (const { refusal, ranges } of alike.values()) joined.push(withRows(refusal, rowsOf(ranges)));
  return joined.sort((a, b) => firstRow(a) - firstRow(b));
}

/** Without what is said of some rows, or of the whole line (null). */
export function without(refusals: readonly Refusal[], { rows, line }: { rows: Rows; line: boolean }): Refusal[] {
  return refusals.flatMap((refusal) => {
    if (refusal.rows === null) return line ? [] : [refusal];
    const left = withoutRows(refusal.rows, rows);
    return left.length === 0 ? [] : [withRows(refusal, left)];
  });
}

/** The parts of them that are about rows for which it holds; null asks for the whole line. */
export function kept(refusals: readonly Refusal[], isKept: (row: number | null) => boolean): Refusal[] {
  return refusals.flatMap((refusal) => {
    if (refusal.rows === null) return isKept(null) ? [refusal] : [];
    const left = filterRows(refusal.rows, isKept);
    return left.length === 0 ? [] : [withRows(refusal, left)];
  });
}

/** Everything they speak of. */
export function coveredBy(refusals: readonly Refusal[]): { readonly rows: Rows; readonly line: boolean } {
  return {
    rows: rowsOf(refusals.flatMap(({ rows }) => rows ?? [])),
    line: refusals.some(({ rows }) => rows === null),
  };
}

/** Equal for refusals that differ in their rows alone. */
export function likeness(refusal: Refusal): string {
  const { stage, code, reason, decoderVersion, partnerInferenceId } = refusal;
  return [stage, code, decoderVersion, stemOf(refusal) ?? partnerInferenceId, reason].join('\0');
}

export function withRows(refusal: Refusal, rows: Rows): Refusal {
  const stem = stemOf(refusal);
  return { ...refusal, rows, ...(stem === null ? {} : { partnerInferenceId: `${stem}${rows[0]?.[0] ?? 0}` }) };
}

/** The part of the id that the rows of an event share, up to the row's number; null when there is no such part. */
function stemOf(refusal: Refusal): string | null {
  const ending = String(firstRow(refusal));
  const { partnerInferenceId: id } = refusal;
  return id?.endsWith(`_${ending}`) === true ? id.slice(0, id.length - ending.length) : null;
}

const firstRow = ({ rows }: Refusal): number => rows?.[0]?.[0] ?? -1;
