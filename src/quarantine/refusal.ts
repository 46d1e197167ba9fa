import type { RejectionStage } from '../core/types';

/** What was said of one row of a line, or of several in a row: so that a refused event of 100,000 rows stays small. */
export interface Refusal {
  /** From 0; null when the whole line or event is meant. */
  readonly row: number | null;
  /** The last row that is meant; `row` again when it is the only one. */
  readonly lastRow: number | null;
  readonly stage: RejectionStage;
  readonly code: string;
  readonly reason: string;
  /** Of the first row; those of the others end in their own numbers. */
  readonly partnerInferenceId: string | null;
  readonly decoderVersion: string;
}

/** Inferences: a line or event that cannot be decoded counts as one. */
export const unitsOf = ({ row, lastRow }: Refusal): number => (lastRow ?? 0) - (row ?? 0) + 1;

/** In the order of rows, neighbours with one answer joined: one form, whatever the order in which they came. */
export function inOrder(refusals: readonly Refusal[]): Refusal[] {
  const sorted = [...refusals].sort((a, b) => (a.row ?? -1) - (b.row ?? -1));
  const joined: Refusal[] = [];
  for (const refusal of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && isNext(last, refusal)) joined[joined.length - 1] = { ...last, lastRow: refusal.lastRow };
    else joined.push(refusal);
  }
  return joined;
}

/** The parts of them that are about rows for which `isKept` holds. */
export function keptRows(refusals: readonly Refusal[], isKept: (row: number | null) => boolean): Refusal[] {
  return refusals.flatMap((refusal) => partsOf(refusal, isKept));
}

function partsOf(refusal: Refusal, isKept: (row: number | null) => boolean): Refusal[] {
  const { row, lastRow } = refusal;
  if (row === null || lastRow === null) return isKept(null) ? [refusal] : [];
  const parts: Refusal[] = [];
  let first: number | null = null;
  for (let at = row; at <= lastRow + 1; at += 1) {
    const keeps = at <= lastRow && isKept(at);
    if (keeps) first ??= at;
    else if (first !== null) {
      parts.push(part(refusal, first, at - 1));
      first = null;
    }
  }
  return parts;
}

/** Some of its rows alone. */
export function part(refusal: Refusal, row: number, lastRow: number): Refusal {
  const { partnerInferenceId: id } = refusal;
  const stem = stemOf(refusal);
  return { ...refusal, row, lastRow, partnerInferenceId: stem === null ? id : `${stem}${row}` };
}

function isNext(last: Refusal, next: Refusal): boolean {
  if (last.lastRow === null || next.row !== last.lastRow + 1) return false;
  const isAlike =
    last.stage === next.stage &&
    last.code === next.code &&
    last.reason === next.reason &&
    last.decoderVersion === next.decoderVersion;
  return isAlike && idOf(last, next.row) === next.partnerInferenceId;
}

function idOf(refusal: Refusal, row: number): string | null {
  const stem = stemOf(refusal);
  return stem === null ? refusal.partnerInferenceId : `${stem}${row}`;
}

/** The part of the id that the rows of an event share, up to the row's number; null when there is no such part. */
function stemOf({ row, partnerInferenceId }: Refusal): string | null {
  const ending = `_${row}`;
  return partnerInferenceId?.endsWith(ending) === true
    ? partnerInferenceId.slice(0, partnerInferenceId.length - ending.length + 1)
    : null;
}
