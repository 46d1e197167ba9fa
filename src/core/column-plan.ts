import type { Columns, Value } from './types';
import { castValue } from './cast';
import { shownName, shownNames } from './shown-name';
import type { DecodedRow, SideName } from './decode/reading';

/** Names, order and types of columns: from the configuration, or from the partner's own model schema. */
export type ColumnType = 'number' | 'integer' | 'string' | 'boolean';

export interface ColumnPlan {
  /** Names of positional values in order; null: not known here. */
  readonly inputs: readonly string[] | null;
  readonly outputs: readonly string[] | null;
  readonly types: ReadonlyMap<string, ColumnType>;
  /** Every column the partner's model knows; null: it does not say. Others are left out and counted. */
  readonly known: ReadonlySet<string> | null;
  /** Set where names exist and cannot be read: why positional rows without names must wait, and the cure. */
  readonly unnamed?: string;
}

export const NO_PLAN: ColumnPlan = { inputs: null, outputs: null, types: new Map(), known: null };

/** What the person wrote wins over what the partner's schema says. */
export function mergePlans(own: ColumnPlan, partner: ColumnPlan | null): ColumnPlan {
  if (partner === null) return own;
  return {
    inputs: own.inputs ?? partner.inputs,
    outputs: own.outputs ?? partner.outputs,
    types: new Map([...partner.types, ...own.types]),
    known: own.known ?? partner.known,
    ...(partner.unnamed === undefined ? {} : { unnamed: partner.unnamed }),
  };
}

export type NamedRow =
  | { readonly ok: true; readonly columns: Columns; readonly nulled: number; readonly surplus: readonly string[] }
  | { readonly ok: false; readonly code: string; readonly reason: string };

/** Gives a decoded row its names and types. `width` is the number of values rows of this event have. */
export function nameRow(row: DecodedRow, side: SideName, plan: ColumnPlan, width: number | null): NamedRow {
  if (row.kind === 'refused') return { ok: false, code: row.code, reason: row.reason };
  if (row.kind === 'named') return typed(row.values, plan);
  const names = side === 'input' ? plan.inputs : plan.outputs;
  if (names !== null && names.length !== row.values.length) return wrongCount(side, row.values.length, names);
  if (names === null && plan.unnamed !== undefined) return { ok: false, code: 'COLUMNS_UNKNOWN', reason: plan.unnamed };
  if (names === null && row.values.length !== width) {
    return {
      ok: false,
      code: 'RAGGED_ROW',
      reason: `the ${side} row has ${row.values.length} value(s), unlike the other rows of its event`,
    };
  }
  const columns = new Map<string, Value>();
  row.values.forEach((value, at) => columns.set(names?.[at] ?? defaultName(side, at, row.values.length), value));
  if (columns.size < row.values.length)
    return {
      ok: false,
      code: 'DUPLICATE_NAME',
      reason: `two columns of the ${side} have one name, and one of their values would be lost`,
    };
  return typed(columns, plan);
}

function defaultName(side: SideName, at: number, count: number): string {
  if (side === 'input') return `feature_${at}`;
  return count === 1 ? 'prediction' : `prediction_${at}`;
}

function wrongCount(side: SideName, values: number, names: readonly string[]): NamedRow {
  const shown = shownNames(names);
  return {
    ok: false,
    code: 'COLUMN_COUNT_MISMATCH',
    reason: `the ${side} row has ${values} value(s) and there are ${names.length} name(s) for it (${shown}); name each of them in ${side}.columns (a guide's variable: separated by commas), in captured order`,
  };
}

function typed(columns: Columns, plan: ColumnPlan): NamedRow {
  if (plan.types.size === 0 && plan.known === null) return { ok: true, columns, nulled: 0, surplus: [] };
  const result = new Map<string, Value>();
  const surplus: string[] = [];
  let nulled = 0;
  for (const [name, value] of columns) {
    if (plan.known !== null && !plan.known.has(name)) {
      surplus.push(name);
      continue;
    }
    const type = plan.types.get(name);
    if (type === undefined) {
      result.set(name, value);
      continue;
    }
    const cast = castValue(value, type);
    if (!cast.ok)
      return {
        ok: false,
        code: 'TYPE_MISMATCH',
        reason: `column "${shownName(name)}" holds ${cast.found} where its type is ${type}`,
      };
    if (cast.nulled) nulled += 1;
    result.set(name, cast.value);
  }
  return { ok: true, columns: result, nulled, surplus };
}
