import type { Original } from './original';
import { coveredBy, inOrder, type Refusal, unitsOf, without } from './refusal';

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
  const { original, originalMissing } = known.original === null ? later : known;
  const refusals = inOrder([...without(known.refusals, coveredBy(later.refusals)), ...later.refusals]);
  // Of a line of which nothing was kept, the first word is the later one's.
  return { ...(known.refusals.length === 0 ? later : known), original, originalMissing, refusals };
}
