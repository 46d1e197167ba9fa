import type { ColumnType } from '../../core/column-plan';
import type { ObservedColumn } from './observed-columns';

/** The type all values of a column agree on, and what a person should know before fixing it. */
export interface TypeGuess {
  /** Null: leave the type out. */
  readonly type: ColumnType | null;
  /** Drift, numeric text, nested values; null when there is nothing to say. */
  readonly remark: string | null;
}

/**
 * Guessed from every value, never from the first: one endpoint's history holds `"Adelie"`, then `0`, then `"0"` for the
 * same column. `integer` is never guessed: that no fraction was seen does not mean that none will come.
 */
export function guessType(column: ObservedColumn): TypeGuess {
  const texts = column.numericTexts + column.noNumberTexts + column.otherTexts;
  const scalars = texts + column.numbers + column.booleans;
  if (column.nested > 0) return { type: null, remark: scalars > 0 ? drift(column) : 'lists or objects' };
  if (scalars === 0) return { type: null, remark: 'only nulls were seen' };
  if (column.booleans > 0)
    return scalars === column.booleans ? { type: 'boolean', remark: null } : { type: null, remark: drift(column) };
  if (texts === 0) return { type: 'number', remark: null };
  if (column.otherTexts > 0) return { type: 'string', remark: column.numbers > 0 ? drift(column) : null };
  return numericColumn(column);
}

/** Every text of the column is a number, or stands for a missing one. */
function numericColumn(column: ObservedColumn): TypeGuess {
  const nulled = column.noNumberTexts > 0 ? `; ${column.noNumberTexts} text(s) such as NaN become null` : '';
  if (column.numbers > 0) return { type: 'number', remark: `drift: ${kinds(column)}${nulled}` };
  if (column.numericTexts > 0) return { type: 'string', remark: `every text is a number: write number if it is one` };
  return { type: null, remark: 'only empty texts or NaN were seen' };
}

const drift = (column: ObservedColumn): string => `drift: ${kinds(column)}`;

/** "12 numbers, 3 texts": what a column held, for a comment or a report. */
export function kinds(column: ObservedColumn): string {
  const parts: [number, string][] = [
    [column.numbers, 'number(s)'],
    [column.numericTexts, 'numeric text(s)'],
    [column.noNumberTexts, 'empty or NaN text(s)'],
    [column.otherTexts, column.numericTexts + column.noNumberTexts > 0 ? 'other text(s)' : 'text(s)'],
    [column.booleans, 'true or false'],
    [column.nested, 'list(s) or object(s)'],
    [column.nulls, 'null(s)'],
  ];
  return parts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`)
    .join(', ');
}
