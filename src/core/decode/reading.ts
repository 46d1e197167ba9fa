import type { Columns, Value } from '../types';

/**
 * What one side of an event may mean. Text alone often allows two readings: `[0.1, 0.9]` is one inference with two
 * class probabilities or two inferences. A side lists every reading it allows; `pair.ts` lets the other side decide.
 */
export type DecodedRow =
  | { readonly kind: 'positional'; readonly values: readonly Value[] }
  | { readonly kind: 'named'; readonly values: Columns }
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string };

export interface Reading {
  readonly rows: readonly DecodedRow[];
  /** Lower is preferred; readings of one rank that the other side does not tell apart are ambiguous. */
  readonly rank: number;
}

export type Side =
  | {
      readonly kind: 'read';
      readonly readings: readonly Reading[];
      /** The reading when there is no other side: null when the shape alone does not say. */
      readonly alone: Reading | null;
      /** NaN and Infinity that became null. */
      readonly nonFinite: number;
    }
  /** Bytes nobody can count rows in: described, and given to each inference the other side holds. */
  | { readonly kind: 'uncountable'; readonly row: DecodedRow }
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string };

export type SideName = 'input' | 'output';

export const positional = (values: readonly Value[]): DecodedRow => ({ kind: 'positional', values });
export const named = (values: Columns): DecodedRow => ({ kind: 'named', values });
export const refusedRow = (code: string, reason: string): DecodedRow => ({ kind: 'refused', code, reason });
export const refused = (code: string, reason: string): Side => ({ kind: 'refused', code, reason });

/** One reading, and the shape itself says so. */
export function certain(rows: readonly DecodedRow[]): Side {
  const reading: Reading = { rows, rank: 0 };
  return { kind: 'read', readings: [reading], alone: reading, nonFinite: 0 };
}

/** Several readings. `alone` is the position of the one that holds when there is no other side. */
export function either(
  candidates: readonly (readonly DecodedRow[])[],
  ranks: readonly number[],
  alone: number | null,
): Side {
  const readings = candidates.map((rows, at) => ({ rows, rank: ranks[at] ?? 0 }));
  const lengths = new Set(readings.map((reading) => reading.rows.length));
  const lone = lengths.size === 1 ? 0 : alone;
  return { kind: 'read', readings, alone: lone === null ? null : (readings[lone] ?? null), nonFinite: 0 };
}
