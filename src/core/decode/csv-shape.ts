import type { Value } from '../types';
import { decodeCsv } from './csv';
import {
  certain,
  each,
  either,
  named,
  positional,
  refused,
  refusedRow,
  type Side,
  type SideName,
  these,
} from './reading';
import type { SideConfig } from './side-config';

/** CSV text to readings. */
export function readCsv(text: string, side: SideName, config: SideConfig): Side {
  if (config.mapping !== null) {
    return refused(
      'MISSING_KEY',
      `${side}.mapping says where fields stand in JSON, but the ${side} is CSV; leave the mapping out or empty`,
    );
  }
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
    return certain(each(rows, positional));
  const isNamed = config.columns !== null && config.columns.length === first.length;
  const asOne = these([positional(first)]);
  if (isNamed) return certain(asOne);
  return either([asOne, each(first, (cell) => positional([cell]))], null);
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
    each(data, (row) => {
      if (row.length !== names.length)
        return refusedRow('RAGGED_ROW', `a row has ${row.length} cells where the header names ${names.length}`);
      return named(new Map(names.map((name, at) => [name, row[at] ?? null])));
    }),
  );
}
