import type { Value } from '../types';
import { decodeCsv } from './csv';
import { certain, either, named, positional, refused, type Side, type SideName } from './reading';
import type { SideConfig } from './side-config';

/** CSV text to readings. */
export function readCsv(text: string, side: SideName, config: SideConfig): Side {
  const csv = decodeCsv(text);
  return csv.ok ? csvShape(csv.rows, side, config) : refused(csv.code, `the ${side}: ${csv.reason}`);
}

/**
 * CSV rows to readings. Lines are rows; but older XGBoost images join the predictions of several rows with commas on
 * one line, so a single output line of several cells is one inference or several, and the input decides.
 */
function csvShape(rows: readonly (readonly Value[])[], side: SideName, config: SideConfig): Side {
  if (config.header) return withHeader(rows, side);
  const [first] = rows;
  if (side === 'input' || rows.length !== 1 || first === undefined || first.length === 1)
    return certain(rows.map(positional));
  const isNamed = config.columns !== null && config.columns.length === first.length;
  const asOne = [positional(first)];
  if (isNamed) return certain(asOne);
  return either([asOne, first.map((cell) => positional([cell]))], [0, 0], null);
}

function withHeader(rows: readonly (readonly Value[])[], side: SideName): Side {
  const [header, ...data] = rows;
  const names = (header ?? []).map((cell) => (typeof cell === 'string' ? cell : ''));
  if (names.length === 0 || names.includes('') || new Set(names).size < names.length) {
    return refused(
      'MALFORMED_HEADER',
      `${side}.header is set, but the first line does not name every column, each once`,
    );
  }
  return certain(
    data.map((row) => {
      if (row.length !== names.length)
        return {
          kind: 'refused',
          code: 'RAGGED_ROW',
          reason: `a row has ${row.length} cells where the header names ${names.length}`,
        };
      return named(new Map(names.map((name, at) => [name, row[at] ?? null])));
    }),
  );
}
