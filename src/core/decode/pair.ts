import { isArray } from '../value';
import type { CaptureEvent } from '../types';
import { decodePayload } from './payload';
import { type DecodedRow, named, positional, type Reading, type Side, type SideName } from './reading';
import type { SideConfig } from './side-config';

/**
 * Both sides of an event to pairs of rows. N is the number of input rows when it can be counted; the output must hold
 * N rows, or one record that describes the one inference. Two readings that the other side does not decide are
 * ambiguous, and no reading that fits is a mismatch; both reject the whole event and name the setting that cures it.
 */
export type DecodedEvent =
  | { readonly ok: true; readonly pairs: readonly RowPair[]; readonly nonFinite: number }
  | { readonly ok: false; readonly code: string; readonly reason: string };

export interface RowPair {
  readonly input: DecodedRow | null;
  readonly output: DecodedRow | null;
}

export interface EventConfig {
  readonly input: SideConfig;
  readonly output: SideConfig;
  readonly maxDepth: number;
  readonly maxRows: number;
  readonly maxColumns: number;
}

export function decodeEvent(event: CaptureEvent, config: EventConfig): DecodedEvent {
  const input =
    event.input === null
      ? null
      : settle(decodePayload(event.input, 'input', config.input, config.maxDepth), config.input);
  if (input?.kind === 'refused') return { ok: false, code: input.code, reason: input.reason };
  const output =
    event.output === null
      ? null
      : settle(decodePayload(event.output, 'output', config.output, config.maxDepth), config.output);
  if (output?.kind === 'refused') return { ok: false, code: output.code, reason: output.reason };
  const paired = pair(input, output);
  return paired.ok ? withinLimits(paired, config) : paired;
}

/** The `rows` setting: `one` makes the payload a single inference, `many` takes the reading with the most rows. */
function settle(side: Side, config: SideConfig): Side {
  if (side.kind !== 'read' || config.rows === 'auto') return side;
  const longest = side.readings.reduce<Reading | null>(
    (best, each) => (best === null || each.rows.length > best.rows.length ? each : best),
    null,
  );
  const single =
    side.readings.find((reading) => reading.rows.length === 1) ?? (longest === null ? null : joined(longest));
  const chosen = config.rows === 'one' ? single : longest;
  return chosen === null ? side : { ...side, readings: [chosen], alone: chosen };
}

/** Rows that are really one inference: scalar rows become its values, anything else one list. */
function joined(reading: Reading): Reading {
  const values = reading.rows.map((row) => {
    if (row.kind === 'named') return row.values;
    if (row.kind === 'refused') return null;
    return row.values.length === 1 ? (row.values[0] ?? null) : row.values;
  });
  const isFlat = values.every((value) => !isArray(value) && !(value instanceof Map));
  return { rows: [reading.rows.length === 0 ? named(new Map()) : positional(isFlat ? values : [values])], rank: 0 };
}

type Refusal = Extract<DecodedEvent, { ok: false }>;

function pair(input: Side | null, output: Side | null): DecodedEvent {
  if (input === null || output === null) return alone(input ?? output, input === null ? 'output' : 'input');
  if (input.kind === 'refused' || output.kind === 'refused') return nothing();
  if (input.kind === 'uncountable' || output.kind === 'uncountable') return besideUncountable(input, output);
  const fitting = input.readings.flatMap((i) =>
    output.readings.filter((o) => o.rows.length === i.rows.length).map((o) => ({ i, o })),
  );
  if (fitting.length === 0) return mismatch(input.readings, output.readings);
  const byInput = preferred(fitting, (each) => each.i.rank);
  const chosen = preferred(byInput, (each) => each.o.rank);
  const counts = [...new Set(chosen.map((each) => each.i.rows.length))];
  const [first] = chosen;
  if (first === undefined || counts.length > 1) return ambiguous(counts);
  return joinRows(first.i.rows, first.o.rows, input.nonFinite + output.nonFinite);
}

function preferred<T>(items: readonly T[], rank: (item: T) => number): T[] {
  const lowest = Math.min(...items.map(rank));
  return items.filter((item) => rank(item) === lowest);
}

function alone(side: Side | null, name: SideName): DecodedEvent {
  if (side === null || side.kind === 'refused') return nothing();
  if (side.kind === 'uncountable') return one(name, [side.row], 0);
  if (side.alone === null) return ambiguous([...new Set(side.readings.map((reading) => reading.rows.length))]);
  return one(name, side.alone.rows, side.nonFinite);
}

function one(name: SideName, rows: readonly DecodedRow[], nonFinite: number): DecodedEvent {
  if (rows.length === 0) return nothing();
  return {
    ok: true,
    pairs: rows.map((row) => (name === 'input' ? { input: row, output: null } : { input: null, output: row })),
    nonFinite,
  };
}

/** Bytes on one side: the other side says how many inferences there are; each gets the same description of the bytes. */
function besideUncountable(input: Side, output: Side): DecodedEvent {
  if (input.kind === 'uncountable' && output.kind === 'uncountable') return joinRows([input.row], [output.row], 0);
  const counted = input.kind === 'uncountable' ? output : input;
  if (counted.kind !== 'read') return nothing();
  if (counted.alone === null) return ambiguous([...new Set(counted.readings.map((reading) => reading.rows.length))]);
  const rows = counted.alone.rows;
  const describe = (side: Side): readonly DecodedRow[] =>
    side.kind === 'uncountable' ? rows.map(() => side.row) : rows;
  return joinRows(describe(input), describe(output), counted.nonFinite);
}

function joinRows(inputs: readonly DecodedRow[], outputs: readonly DecodedRow[], nonFinite: number): DecodedEvent {
  if (inputs.length === 0) return nothing();
  return { ok: true, pairs: inputs.map((input, at) => ({ input, output: outputs[at] ?? null })), nonFinite };
}

function withinLimits(decoded: Extract<DecodedEvent, { ok: true }>, config: EventConfig): DecodedEvent {
  const { pairs } = decoded;
  if (pairs.length > config.maxRows) {
    return {
      ok: false,
      code: 'TOO_MANY_ROWS',
      reason: `the event holds ${pairs.length} rows; limits.maxRowsPerEvent allows ${config.maxRows}`,
    };
  }
  const widest = pairs.reduce((most, each) => Math.max(most, width(each.input), width(each.output)), 0);
  if (widest <= config.maxColumns) return decoded;
  return {
    ok: false,
    code: 'TOO_MANY_COLUMNS',
    reason: `a row has ${widest} columns; limits.maxColumns allows ${config.maxColumns}`,
  };
}

function width(row: DecodedRow | null): number {
  if (row === null || row.kind === 'refused') return 0;
  return row.kind === 'named' ? row.values.size : row.values.length;
}

function mismatch(inputs: readonly Reading[], outputs: readonly Reading[]): Refusal {
  const counts = (readings: readonly Reading[]): string =>
    [...new Set(readings.map((reading) => reading.rows.length))].join(' or ');
  return {
    ok: false,
    code: 'COUNT_MISMATCH',
    reason: `the input holds ${counts(inputs)} row(s), the output ${counts(outputs)}; if a header line is counted set input.header, if a list is one inference set output.rows: one`,
  };
}

function ambiguous(counts: readonly number[]): Refusal {
  return {
    ok: false,
    code: 'AMBIGUOUS_SHAPE',
    reason: `the payload can be read as ${counts.join(' or ')} inference(s) and nothing in the event decides; set input.rows or output.rows to "one" or "many"`,
  };
}

function nothing(): Refusal {
  return { ok: false, code: 'NO_ROWS', reason: 'the event holds no row' };
}
