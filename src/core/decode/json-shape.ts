import type { Value } from '../types';
import { isArray, isObject } from '../value';
import type { SideConfig } from './side-config';
import { clarifyText } from './clarify';
import { readCsv } from './csv-shape';
import { parseJson, parseJsonLines } from './json-text';
import { listShape } from './list-shape';
import { mapRows } from './mapping';
import { objectShape } from './object-shape';
import { certain, positional, refused, type Side, type SideName } from './reading';
import { rowOf } from './row';
import { valueAt } from './path';

/**
 * JSON text to readings. The whole text is tried as one document first (pretty-printed JSON looks like JSON Lines),
 * then as JSON Lines. Returns null when it is neither, so that the caller can try something else.
 */
export function readJson(text: string, side: SideName, config: SideConfig, maxDepth: number): Side | null {
  const body = text.replace(/^\uFEFF/, '');
  if (body.trim() === '') return certain([]);
  const document = parseJson(body, maxDepth);
  if (document.ok) return withNonFinite(documentShape(document.value, side, config, maxDepth), document.nonFinite);
  if (document.code !== 'MALFORMED_JSON')
    return refused(document.code, `the ${side} is JSON that cannot be taken: ${document.reason}`);
  const lines = parseJsonLines(body, maxDepth);
  if (lines === null) return null;
  const rows =
    config.mapping === null
      ? certain(lines.values.map((value) => rowOf(value, config.valuesAt)))
      : mapRows(lines.values, config.mapping, side);
  return withNonFinite(rows, lines.nonFinite);
}

/** One parsed document; `npy.ts` comes in here, too. */
export function documentShape(value: Value, side: SideName, config: SideConfig, maxDepth: number): Side {
  if (config.mapping !== null) return mapRows([value], config.mapping, side);
  if (config.rowsAt !== null) return rowsAt(value, config.rowsAt, config.valuesAt, side);
  if (config.valuesAt !== null && isObject(value)) return certain([rowOf(value, config.valuesAt)]);
  if (isArray(value)) return listShape(value, side, config.valuesAt);
  if (!isObject(value)) return certain([positional([value])]);
  const explained = clarifyText(value);
  if (explained === null) return objectShape(value, side);
  if (explained.contentType.startsWith('text/csv')) return readCsv(explained.data, side, config);
  return (
    readJson(explained.data, side, config, maxDepth) ??
    refused('MALFORMED_JSON', 'predictions.data is neither JSON nor JSON Lines')
  );
}

function rowsAt(document: Value, path: string, valuesAt: string | null, side: SideName): Side {
  const value = valueAt(document, path);
  if (isArray(value)) return certain(value.map((item) => rowOf(item, valuesAt)));
  if (isObject(value)) return certain([rowOf(value, valuesAt)]);
  return refused('MISSING_KEY', `the ${side} has no list at "${path}", where ${side}.rowsAt says the rows are`);
}

function withNonFinite(side: Side, nonFinite: number): Side {
  return side.kind === 'read' ? { ...side, nonFinite: side.nonFinite + nonFinite } : side;
}
