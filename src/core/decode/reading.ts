import type { Columns, Value } from '../types';

/**
 * What one side of an event may mean. Text alone often allows two readings: `[0.1, 0.9]` is one inference with two
 * class probabilities or two inferences. A side lists every reading it allows; `pair.ts` lets the other side decide.
 */
export type DecodedRow =
  | { readonly kind: 'positional'; readonly values: readonly Value[] }
  | { readonly kind: 'named'; readonly values: Columns }
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string };

/** Rows are made one at a time, and only for the reading that is chosen: a small payload can spell out enormous rows. */
export interface Reading {
  readonly count: number;
  readonly rows: () => Iterable<DecodedRow>;
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

/** Bounds on what one event may hold. */
export interface DecodeLimits {
  readonly maxDepth: number;
  readonly maxRows: number;
  readonly maxColumns: number;
  /** Values of all rows of one side together: what an event costs in memory. */
  readonly maxValues: number;
}

export const positional = (values: readonly Value[]): DecodedRow => ({ kind: 'positional', values });
export const named = (values: Columns): DecodedRow => ({ kind: 'named', values });
export const refusedRow = (code: string, reason: string): DecodedRow => ({ kind: 'refused', code, reason });
export const refused = (code: string, reason: string): Side => ({ kind: 'refused', code, reason });

/** Rows that are there, as a reading. */
export const these = (rows: readonly DecodedRow[], rank = 0): Reading => ({
  count: rows.length,
  rows: () => rows,
  rank,
});

/** One row for each item, made when it is asked for. */
export function each<T>(items: readonly T[], row: (item: T) => DecodedRow, rank = 0): Reading {
  return {
    count: items.length,
    rank,
    rows: function* () {
      for (const item of items) yield row(item);
    },
  };
}

/** One reading, and the shape itself says so. */
export function certain(reading: Reading | readonly DecodedRow[]): Side {
  const only: Reading = 'count' in reading ? reading : these(reading);
  return { kind: 'read', readings: [only], alone: only, nonFinite: 0 };
}

/** Several readings. `alone` is the one that holds when there is no other side. */
export function either(readings: readonly Reading[], alone: Reading | null): Side {
  const isOneCount = new Set(readings.map((reading) => reading.count)).size === 1;
  return { kind: 'read', readings, alone: isOneCount ? (readings[0] ?? null) : alone, nonFinite: 0 };
}
