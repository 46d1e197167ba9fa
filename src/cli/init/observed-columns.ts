import { castValue } from '../../core/cast';
import type { DecodedRow, SideName } from '../../core/decode/reading';
import { NumberToken, type Columns, type Value } from '../../core/types';
import { isArray, isObject } from '../../core/value';

/** Which kinds of values one column held. Counts only, never a value: what is printed from it may be shown to anyone. */
export interface ObservedColumn {
  readonly name: string;
  count: number;
  nulls: number;
  numbers: number;
  booleans: number;
  /** Texts that a number column would read as a number: `007`, `"0.5"`. */
  numericTexts: number;
  /** Texts that a number column would make null: `NaN`, `inf`, the empty text. */
  noNumberTexts: number;
  otherTexts: number;
  /** Lists and objects. */
  nested: number;
}

/** The columns of one side, in the order they were first seen. */
export class ObservedSide {
  /** Rows whose values have names of their own (JSON, a CSV header). */
  namedRows = 0;
  /** Rows whose values are told apart by position alone, by their number of values. */
  readonly widths = new Map<number, number>();
  private readonly named = new Map<string, ObservedColumn>();
  private readonly positions: ObservedColumn[] = [];

  constructor(private readonly side: SideName) {}

  addRow(row: DecodedRow): void {
    if (row.kind === 'named') {
      this.addNamed(row.values);
    } else if (row.kind === 'positional') {
      const width = row.values.length;
      this.widths.set(width, (this.widths.get(width) ?? 0) + 1);
      row.values.forEach((value, at) => note((this.positions[at] ??= emptyColumn(String(at))), value));
    }
  }

  addNamed(columns: Columns): void {
    this.namedRows += 1;
    for (const [name, value] of columns) note(this.column(name), value);
  }

  get positionalRows(): number {
    return [...this.widths.values()].reduce((sum, rows) => sum + rows, 0);
  }

  /** The number of values each positional row has; null when they differ, or when there are none. */
  get width(): number | null {
    const [first, ...others] = this.widths.keys();
    return first === undefined || others.length > 0 ? null : first;
  }

  namedColumns(): readonly ObservedColumn[] {
    return [...this.named.values()];
  }

  /** Positional columns under the names they get without a configuration. */
  positionalColumns(): readonly ObservedColumn[] {
    const single = this.side === 'output' && this.positions.length === 1;
    const prefix = this.side === 'input' ? 'feature' : 'prediction';
    return this.positions.map((column, at) => ({ ...column, name: single ? prefix : `${prefix}_${at}` }));
  }

  private column(name: string): ObservedColumn {
    let column = this.named.get(name);
    if (column === undefined) {
      column = emptyColumn(name);
      this.named.set(name, column);
    }
    return column;
  }
}

function emptyColumn(name: string): ObservedColumn {
  return {
    name,
    count: 0,
    nulls: 0,
    numbers: 0,
    booleans: 0,
    numericTexts: 0,
    noNumberTexts: 0,
    otherTexts: 0,
    nested: 0,
  };
}

function note(column: ObservedColumn, value: Value): void {
  column.count += 1;
  if (value === null) column.nulls += 1;
  else if (value instanceof NumberToken) column.numbers += 1;
  else if (typeof value === 'boolean') column.booleans += 1;
  else if (isArray(value) || isObject(value)) column.nested += 1;
  else {
    const cast = castValue(value, 'number');
    if (!cast.ok) column.otherTexts += 1;
    else if (cast.value === null) column.noNumberTexts += 1;
    else column.numericTexts += 1;
  }
}
