import * as z from 'zod';
import type { ColumnPlan, ColumnType } from '../../core/column-plan';

/** A Fiddler model (GET /v3/models/{id}) to a column plan. Member names: Fiddler's Python client, `schemas/model`. */
const columnSchema = z.object({ name: z.string(), data_type: z.string(), categories: z.array(z.unknown()).nullish() });

export const modelAnswer = z.object({
  data: z.object({
    schema: z.object({ columns: z.array(columnSchema).nullish() }).nullish(),
    spec: z.object({ inputs: z.array(z.string()).nullish(), outputs: z.array(z.string()).nullish() }).nullish(),
    event_id_col: z.string().nullish(),
    event_ts_col: z.string().nullish(),
  }),
});

export type FiddlerModel = z.infer<typeof modelAnswer>['data'];

const TYPES: Readonly<Record<string, ColumnType>> = {
  float: 'number',
  int: 'integer',
  integer: 'integer',
  bool: 'boolean',
  boolean: 'boolean',
  str: 'string',
  string: 'string',
};

export function planOf(model: FiddlerModel): ColumnPlan {
  const columns = model.schema?.columns ?? [];
  const types = new Map<string, ColumnType>();
  for (const column of columns) {
    const type = TYPES[column.data_type.toLowerCase()] ?? categoryType(column);
    if (type !== null) types.set(column.name, type);
  }
  return {
    inputs: nonEmpty(model.spec?.inputs),
    outputs: nonEmpty(model.spec?.outputs),
    types,
    known: columns.length === 0 ? null : new Set(columns.map((column) => column.name)),
  };
}

/** A category is text where the model lists text: `"0"` and `0` are two categories there. */
function categoryType(column: z.infer<typeof columnSchema>): ColumnType | null {
  const categories = column.categories ?? [];
  const isText =
    column.data_type.toLowerCase() === 'category' &&
    categories.length > 0 &&
    categories.every((each) => typeof each === 'string');
  return isText ? 'string' : null;
}

const nonEmpty = (names: readonly string[] | null | undefined): readonly string[] | null =>
  names === null || names === undefined || names.length === 0 ? null : names;
