import type { ColumnType } from '../../core/column-plan';
import type { SideName } from '../../core/decode/reading';
import { guessType, kinds } from '../init/column-type';
import type { ObservedColumn, ObservedSide } from '../init/observed-columns';
import { type Finding, finding, nameList } from './finding';

/** The columns a configuration names against those that a sample holds. Pure. */
export interface ExpectedColumns {
  /** Names in captured order; null: the configuration names none. */
  readonly names: readonly string[] | null;
  readonly types: ReadonlyMap<string, ColumnType>;
}

export function compareColumns(side: SideName, expected: ExpectedColumns, observed: ObservedSide): Finding[] {
  return [
    ...compareNamed(side, expected.names, observed),
    ...compareWidths(side, expected.names, observed),
    ...seenColumns(expected.names, observed).flatMap((column) => compareType(side, expected.types, column)),
  ];
}

/** Every column of a side under the name it has by this configuration. */
export function seenColumns(names: readonly string[] | null, observed: ObservedSide): ObservedColumn[] {
  const positional = observed.positionalColumns();
  const isNamed = names !== null && names.length === positional.length;
  return [
    ...observed.namedColumns(),
    ...positional.map((column, at) => (isNamed ? { ...column, name: names[at] ?? column.name } : column)),
  ];
}

/** Names that stand on both sides, so that a row which holds both sides side by side has room for one of them only. */
export function sharedNames(inputs: readonly ObservedColumn[], outputs: readonly ObservedColumn[]): string[] {
  const names = new Set(inputs.map((column) => column.name));
  return [...new Set(outputs.flatMap((column) => (names.has(column.name) ? [column.name] : [])))];
}

function compareNamed(side: SideName, names: readonly string[] | null, observed: ObservedSide): Finding[] {
  if (names === null || observed.namedRows === 0) return [];
  const seen = observed.namedColumns();
  const byName = new Map(seen.map((column) => [column.name, column]));
  const missing = names.filter((name) => !byName.has(name));
  const extra = seen.map((column) => column.name).filter((name) => !names.includes(name));
  const partly = names.filter((name) => (byName.get(name)?.count ?? observed.namedRows) < observed.namedRows);
  const inOrder = seen.map((column) => column.name).filter((name) => names.includes(name));
  const findings: Finding[] = [];
  if (missing.length > 0) findings.push(say(side, 'disagrees', `missing in every row: ${nameList(missing)}`, REMOVE));
  if (extra.length > 0) findings.push(say(side, 'disagrees', `not configured: ${nameList(extra)}`, ADD));
  if (partly.length > 0)
    findings.push(say(side, 'note', `missing in some of ${observed.namedRows} rows: ${nameList(partly)}`));
  // Values that bring their names are never told apart by order.
  if (missing.length === 0 && inOrder.join('\n') !== names.filter((name) => byName.has(name)).join('\n'))
    findings.push(say(side, 'note', `in another order than configured: ${nameList(inOrder)}; names decide, not order`));
  return findings;
}

const REMOVE = 'remove them from columns, or look why the endpoint no longer captures them';
const ADD = 'add them to columns, or leave columns out';

function compareWidths(side: SideName, names: readonly string[] | null, observed: ObservedSide): Finding[] {
  if (names === null) {
    if (observed.widths.size < 2) return [];
    const widths = [...observed.widths].map(([width, rows]) => `${width} values (${rows} rows)`);
    return [say(side, 'note', `rows without names hold ${nameList(widths)}`)];
  }
  const wrong = [...observed.widths].filter(([width]) => width !== names.length);
  if (wrong.length === 0) return [];
  const found = nameList(wrong.map(([width, rows]) => `${width} values (${rows} rows)`));
  const what = wrong.some(([width]) => width > names.length) ? 'extra' : 'missing';
  return [
    say(
      side,
      'disagrees',
      `${what} columns: rows hold ${found}, and ${names.length} names are configured`,
      'name each value, in captured order',
    ),
  ];
}

function compareType(side: SideName, types: ReadonlyMap<string, ColumnType>, column: ObservedColumn): Finding[] {
  const type = types.get(column.name);
  if (type === undefined) {
    const { remark } = guessType(column);
    return remark?.startsWith('drift') === true ? [say(side, 'note', `${column.name}: ${remark}`)] : [];
  }
  const uncastable = uncastableValues(type, column);
  if (uncastable === 0) return [];
  return [
    say(
      side,
      'disagrees',
      `${column.name} is ${type} in the configuration; the sample holds ${kinds(column)}`,
      'change its type, or leave the type out',
    ),
  ];
}

/** Values that a type refuses, as far as their kind tells; single values are the decoder's to refuse. */
function uncastableValues(type: ColumnType, column: ObservedColumn): number {
  if (type === 'string') return 0;
  if (type === 'boolean') return column.nested;
  return column.otherTexts + column.nested;
}

const say = (side: SideName, severity: 'disagrees' | 'note', problem: string, cure: string | null = null): Finding =>
  finding(severity, 'sample', side, problem, cure);
