import type { CaptureEvent, Value } from '../types';
import { isScalar } from '../value';
import { decodePayload } from './payload';
import {
  type DecodedRow,
  type DecodeLimits,
  positional,
  type Reading,
  type Side,
  type SideName,
  these,
} from './reading';
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

export interface EventConfig extends DecodeLimits {
  readonly input: SideConfig;
  readonly output: SideConfig;
}

export function decodeEvent(event: CaptureEvent, config: EventConfig): DecodedEvent {
  const input =
    event.input === null ? null : settle(decodePayload(event.input, 'input', config.input, config), config.input);
  if (input?.kind === 'refused') return { ok: false, code: input.code, reason: input.reason };
  const output =
    event.output === null ? null : settle(decodePayload(event.output, 'output', config.output, config), config.output);
  if (output?.kind === 'refused') return { ok: false, code: output.code, reason: output.reason };
  return pair(input, output, config);
}

/** The `rows` setting: `one` makes the payload a single inference, `many` takes the reading with the most rows. */
function settle(side: Side, config: SideConfig): Side {
  if (side.kind !== 'read' || config.rows === 'auto') return side;
  const longest = side.readings.reduce<Reading | null>(
    (best, other) => (best === null || other.count > best.count ? other : best),
    null,
  );
  const single =
    side.readings.find((reading) => reading.count === 1) ??
    (longest === null || longest.count === 0 ? longest : joined(longest));
  const chosen = config.rows === 'one' ? single : longest;
  return chosen === null ? side : { ...side, readings: [chosen], alone: chosen };
}

/** Rows that are really one inference: scalar rows become its values, anything else one list; a refused row refuses all. */
function joined(reading: Reading): Reading {
  const values: Value[] = [];
  for (const row of reading.rows()) {
    if (row.kind === 'refused') return these([row]);
    values.push(row.kind === 'named' ? row.values : row.values.length === 1 ? (row.values[0] ?? null) : row.values);
  }
  return these([positional(values.every(isScalar) ? values : [values])]);
}

type Refusal = Extract<DecodedEvent, { ok: false }>;

function pair(input: Side | null, output: Side | null, limits: DecodeLimits): DecodedEvent {
  if (input === null || output === null) return alone(input ?? output, input === null ? 'output' : 'input', limits);
  if (input.kind === 'refused' || output.kind === 'refused') return nothing();
  if (input.kind === 'uncountable' || output.kind === 'uncountable') return besideUncountable(input, output, limits);
  const fitting = input.readings.flatMap((i) =>
    output.readings.filter((o) => o.count === i.count).map((o) => ({ i, o })),
  );
  if (fitting.length === 0) return mismatch(input.readings, output.readings);
  const byInput = preferred(fitting, (each) => each.i.rank);
  const chosen = preferred(byInput, (each) => each.o.rank);
  const counts = [...new Set(chosen.map((each) => each.i.count))];
  const [first] = chosen;
  if (first === undefined || counts.length > 1) return ambiguous(counts);
  return joinRows(first.i, first.o, input.nonFinite + output.nonFinite, limits);
}

function preferred<T>(items: readonly T[], rank: (item: T) => number): T[] {
  const lowest = Math.min(...items.map(rank));
  return items.filter((item) => rank(item) === lowest);
}

function alone(side: Side | null, name: SideName, limits: DecodeLimits): DecodedEvent {
  if (side === null || side.kind === 'refused') return nothing();
  const reading = side.kind === 'uncountable' ? these([side.row]) : side.alone;
  if (reading === null)
    return side.kind === 'read' ? ambiguous([...new Set(side.readings.map((each) => each.count))]) : nothing();
  const nonFinite = side.kind === 'read' ? side.nonFinite : 0;
  return name === 'input' ? joinRows(reading, null, nonFinite, limits) : joinRows(null, reading, nonFinite, limits);
}

/** Bytes on one side: the other side says how many inferences there are; each gets the same description of the bytes. */
function besideUncountable(input: Side, output: Side, limits: DecodeLimits): DecodedEvent {
  if (input.kind === 'uncountable' && output.kind === 'uncountable')
    return joinRows(these([input.row]), these([output.row]), 0, limits);
  const counted = input.kind === 'uncountable' ? output : input;
  if (counted.kind !== 'read') return nothing();
  const { alone: rows, nonFinite } = counted;
  if (rows === null) return ambiguous([...new Set(counted.readings.map((reading) => reading.count))]);
  const describe = (side: Side): Reading =>
    side.kind === 'uncountable'
      ? { count: rows.count, rank: 0, rows: () => Array.from({ length: rows.count }, () => side.row) }
      : rows;
  return joinRows(describe(input), describe(output), nonFinite, limits);
}

/** Builds the rows of both sides together and stops as soon as they pass a limit: what is too much is never all made. */
function joinRows(
  input: Reading | null,
  output: Reading | null,
  nonFinite: number,
  limits: DecodeLimits,
): DecodedEvent {
  const count = input?.count ?? output?.count ?? 0;
  if (count === 0) return nothing();
  if (count > limits.maxRows)
    return tooMuch('TOO_MANY_ROWS', `the event holds ${count} rows; limits.maxRowsPerEvent allows ${limits.maxRows}`);
  const pairs: RowPair[] = [];
  const outputs = output === null ? null : output.rows()[Symbol.iterator]();
  const inputs = input === null ? null : input.rows()[Symbol.iterator]();
  let values = 0;
  for (let at = 0; at < count; at += 1) {
    const pairOfRows: RowPair = { input: next(inputs), output: next(outputs) };
    const widest = Math.max(width(pairOfRows.input), width(pairOfRows.output));
    values += width(pairOfRows.input) + width(pairOfRows.output);
    if (widest > limits.maxColumns)
      return tooMuch('TOO_MANY_COLUMNS', `a row has ${widest} columns; limits.maxColumns allows ${limits.maxColumns}`);
    if (values > limits.maxValues)
      return tooMuch(
        'TOO_MANY_VALUES',
        `the event holds more than ${limits.maxValues} values; limits.maxValuesPerEvent`,
      );
    pairs.push(pairOfRows);
  }
  return { ok: true, pairs, nonFinite };
}

function next(rows: Iterator<DecodedRow> | null): DecodedRow | null {
  const step = rows?.next();
  return step === undefined || step.done === true ? null : step.value;
}

const tooMuch = (code: string, reason: string): Refusal => ({ ok: false, code, reason });

function width(row: DecodedRow | null): number {
  if (row === null || row.kind === 'refused') return 0;
  return row.kind === 'named' ? row.values.size : row.values.length;
}

function mismatch(inputs: readonly Reading[], outputs: readonly Reading[]): Refusal {
  const counts = (readings: readonly Reading[]): string =>
    [...new Set(readings.map((reading) => reading.count))].join(' or ');
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
