import type { Value } from '../types';
import { isArray, isObject } from '../value';
import type { SideConfig } from './side-config';
import { clarifyText } from './clarify';
import { readCsv } from './csv-shape';
import { parseJson, parseJsonLines } from './json-text';
import { listShape } from './list-shape';
import { mapRows } from './mapping';
import { objectShape } from './object-shape';
import { certain, type DecodeLimits, each, positional, refused, type Side, type SideName } from './reading';
import { rowOf } from './row';
import { valueAt } from './path';

/**
 * JSON text to readings. The whole text is tried as one document first (pretty-printed JSON looks like JSON Lines),
 * then as JSON Lines. Returns null when it is neither, so that the caller can try something else.
 */
export function readJson(text: string, side: SideName, config: SideConfig, limits: DecodeLimits): Side | null {
  const body = text.replace(/^\uFEFF/, '');
  if (body.trim() === '') return certain([]);
  const document = parseJson(body, limits.maxDepth, limits.maxValues);
  if (document.ok) return withNonFinite(documentShape(document.value, side, config, limits), document.nonFinite);
  if (document.code !== 'MALFORMED_JSON')
    return refused(document.code, `the ${side} is JSON that cannot be taken: ${document.reason}`);
  const lines = parseJsonLines(body, limits.maxDepth, limits.maxValues);
  if (lines === null) return null;
  const rows = linesShape(lines.values, side, config);
  return withNonFinite(rows, lines.nonFinite);
}

/** JSON Lines: each document is one row, or what the configuration says of documents. */
function linesShape(values: readonly Value[], side: SideName, config: SideConfig): Side {
  if (config.mapping !== null) return mapRows(values, config.mapping, side);
  if (config.rowsAt === null) return certain(each(values, (value) => rowOf(value, config.valuesAt)));
  const rows: Value[] = [];
  for (const value of values) {
    const inner = valueAt(value, config.rowsAt);
    if (inner === undefined)
      return refused(
        'MISSING_KEY',
        `a line of the ${side} has nothing at "${config.rowsAt}", where ${side}.rowsAt says the rows are`,
      );
    for (const row of isArray(inner) ? inner : [inner]) rows.push(row);
  }
  return certain(each(rows, (row) => rowOf(row, config.valuesAt)));
}

/** One parsed document; `npy.ts` comes in here, too. */
export function documentShape(value: Value, side: SideName, config: SideConfig, limits: DecodeLimits): Side {
  if (config.mapping !== null) return mapRows([value], config.mapping, side);
  if (config.rowsAt !== null) return rowsAt(value, config.rowsAt, config.valuesAt, side);
  if (config.valuesAt !== null && isObject(value)) return certain([rowOf(value, config.valuesAt)]);
  if (isArray(value)) return listShape(value, side, config.valuesAt);
  if (!isObject(value)) return certain([positional([value])]);
  const explained = clarifyText(value);
  if (explained === null) return objectShape(value, side);
  if (explained.contentType.startsWith('text/csv')) return readCsv(explained.data, side, config);
  return (
    readJson(explained.data, side, config, limits) ??
    refused('MALFORMED_JSON', 'predictions.data is neither JSON nor JSON Lines')
  );
}

function rowsAt(document: Value, path: string, valuesAt: string | null, side: SideName): Side {
  const value = valueAt(document, path);
  if (isArray(value)) return certain(each(value, (item) => rowOf(item, valuesAt)));
  if (isObject(value)) return certain([rowOf(value, valuesAt)]);
  return refused('MISSING_KEY', `the ${side} has no list at "${path}", where ${side}.rowsAt says the rows are`);
}

function withNonFinite(side: Side, nonFinite: number): Side {
  return side.kind === 'read' ? { ...side, nonFinite: side.nonFinite + nonFinite } : side;
}
