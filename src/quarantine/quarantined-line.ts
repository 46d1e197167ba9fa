import type { Original } from './original';
import { inOrder, keptRows, type Refusal, unitsOf } from './refusal';

/** One line of a capture file of which something was refused: where it stands, its bytes, and what was said of it. */
export interface QuarantinedLine {
  readonly line: number;
  readonly byteOffset: number;
  /** Without the line ending. */
  readonly byteLength: number;
  readonly source: LineSource;
  readonly generation: number;
  /** As what the ledger counts the line: what is no event counts among the rejected lines. */
  readonly countedAs: 'event' | 'rejectedLine';
  /** Null when the bytes are not kept. */
  readonly original: Original | null;
  /** Why they are not; null when they are. */
  readonly originalMissing: string | null;
  readonly refusals: readonly Refusal[];
}

/** The object that holds the line, and which content of it. */
export interface LineSource {
  readonly bucket: string | null;
  readonly key: string;
  readonly versionId: string | null;
  readonly eTag: string | null;
}

/** Inferences of a segment. */
export const unitsIn = (lines: Iterable<QuarantinedLine>): number =>
  [...lines].reduce((sum, { refusals }) => sum + refusals.reduce((units, each) => units + unitsOf(each), 0), 0);

/** What is said later of a row stands in place of what was said before. */
export function merged(known: QuarantinedLine | undefined, later: QuarantinedLine): QuarantinedLine {
  if (known === undefined) return { ...later, refusals: inOrder(later.refusals) };
  const isNew = rowsIn(later.refusals);
  const refusals = inOrder([...keptRows(known.refusals, (row) => !isNew(row)), ...later.refusals]);
  const isKnown = known.original !== null || later.original === null;
  const { original, originalMissing } = isKnown ? known : later;
  return { ...known, original, originalMissing, refusals };
}

/** Whether they speak of a row. Asked of many rows: it must not go through all of them each time. */
function rowsIn(refusals: readonly Refusal[]): (row: number | null) => boolean {
  const rows = new Set<number | null>();
  for (const { row, lastRow } of refusals) {
    rows.add(row);
    for (let at = (row ?? 0) + 1; at <= (lastRow ?? 0); at += 1) rows.add(at);
  }
  return (row) => rows.has(row);
}
