import type { FiddlerDataType, FiddlerModel } from './fiddler-model';
import { isJsonArray, isJsonObject, type Json, type JsonObject, member } from './json';
import { timeFormat } from './time-format';
import { isZonedTime } from './zoned-time';

/** Judges the events of one call against the model's columns: the first that does not fit refuses them all. */
export type CallVerdict =
  | { readonly fits: true; readonly rows: readonly JsonObject[] }
  /** `row` counts from 0. The partner knows it, and by default keeps it to itself. */
  | { readonly fits: false; readonly row: number; readonly reason: string };

export function judgeEvents(model: FiddlerModel, events: readonly Json[]): CallVerdict {
  const problemOf = rowJudge(model);
  const rows: JsonObject[] = [];
  for (const [row, event] of events.entries()) {
    const reason = isJsonObject(event) ? problemOf(event) : 'an event must be an object';
    if (reason !== null) return { fits: false, row, reason };
    if (isJsonObject(event)) rows.push(event);
  }
  return { fits: true, rows };
}

// Columns outside the schema pass: what v3 does with them is not known, earlier versions ignored them.
function rowJudge(model: FiddlerModel): (row: JsonObject) => string | null {
  const isEventTime = model.event_ts_format === null ? isAnyTime : textFits(timeFormat(model.event_ts_format));
  const columns = model.schema.columns ?? [];
  return (row) => {
    if (model.event_id_col !== null && !isId(member(row, model.event_id_col)))
      return `column ${model.event_id_col} is missing`;
    for (const { name, data_type: type } of columns) {
      const value = member(row, name) ?? null;
      const fits = name === model.event_ts_col && type === 'timestamp' ? isEventTime : FITS[type];
      if (value !== null && !fits(value)) return `column ${name} is not of type ${type}`;
    }
    return null;
  };
}

function isId(value: Json | undefined): boolean {
  return (typeof value === 'string' && value !== '') || typeof value === 'number';
}

// Seen: `T..Z` from strings, and a space with `+00:00` from a Python datetime.
const isAnyTime = (value: Json) => typeof value === 'string' && isZonedTime(value, 'T or space');
const textFits = (format: RegExp) => (value: Json) => typeof value === 'string' && format.test(value);
const isText = (value: Json) => typeof value === 'string';

const FITS: Readonly<Record<FiddlerDataType, (value: Json) => boolean>> = {
  int: (value) => Number.isInteger(value),
  float: (value) => typeof value === 'number',
  bool: (value) => typeof value === 'boolean',
  str: isText,
  category: isText,
  timestamp: isAnyTime,
  vector: (value) => isJsonArray(value) && value.every((item) => item === null || typeof item === 'number'),
};
