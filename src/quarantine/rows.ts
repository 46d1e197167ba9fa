/** Rows of an event as ranges, both ends included: in order, apart from each other. An event may hold 100,000 rows. */
export type Rows = readonly RowRange[];
export type RowRange = readonly [first: number, last: number];

/** Any ranges, in any order. */
export function rowsOf(ranges: Iterable<RowRange>): Rows {
  const rows: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = rows.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else rows.push([first, last]);
  }
  return rows;
}

export const countRows = (rows: Rows): number => rows.reduce((sum, [first, last]) => sum + last - first + 1, 0);

export function hasRow(rows: Rows, row: number): boolean {
  const range = rows[indexUpTo(rows, row)];
  return range !== undefined && row <= range[1];
}

/** Those for which it holds. */
export function filterRows(rows: Rows, isKept: (row: number) => boolean): Rows {
  const kept: [number, number][] = [];
  for (const [first, last] of rows)
    for (let row = first; row <= last; row += 1) {
      if (!isKept(row)) continue;
      const before = kept.at(-1);
      if (before?.[1] === row - 1) before[1] = row;
      else kept.push([row, row]);
    }
  return kept;
}

export function withoutRows(rows: Rows, others: Rows): Rows {
  const left: RowRange[] = [];
  for (const [first, last] of rows) {
    let from = first;
    for (let at = Math.max(0, indexUpTo(others, first)); at < others.length && from <= last; at += 1) {
      const [otherFirst, otherLast] = others[at] ?? [Infinity, Infinity];
      if (otherFirst > last) break;
      if (otherLast < from) continue;
      if (otherFirst > from) left.push([from, otherFirst - 1]);
      from = otherLast + 1;
    }
    if (from <= last) left.push([from, last]);
  }
  return left;
}

/** `0-5 8`. */
export const rowsText = (rows: Rows): string =>
  rows.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(' ');

export const parseRows = (text: string): Rows =>
  text
    .split(' ')
    .filter((range) => range !== '')
    .map((range) => {
      const [first = 0, last = first] = range.split('-').map(Number);
      return [first, last];
    });

/** Of the last range that begins at a row or before; -1 when none does. */
function indexUpTo(rows: Rows, row: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.[0] ?? Infinity) <= row) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
