/** The name that was probably meant: equal but for its case, or a few letters away; null when none is near. Pure. */
export function nearName(given: string, names: readonly string[]): string | null {
  const ranked = names
    .map((name) => ({ name, distance: distance(given.toLowerCase(), name.toLowerCase()) }))
    .filter((each) => each.distance <= Math.max(1, Math.floor(each.name.length / 4)))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.name ?? null;
}

/** Optimal string alignment: letters put in, left out, replaced, and neighbours that changed places, each counts one. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          valueOf(rows, i - 1, j) + 1,
          (row[j - 1] ?? 0) + 1,
          valueOf(rows, i - 1, j - 1) + (isSame ? 0 : 1),
          isSwapped ? valueOf(rows, i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    rows.push(row);
  }
  return valueOf(rows, a.length, b.length);
}

const valueOf = (rows: readonly number[][], i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
