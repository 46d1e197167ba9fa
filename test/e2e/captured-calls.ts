import type { CaptureEvent } from '../../src/core/types';
import { captureFileText, csv } from '../support/capture-events';

/** Captured calls of one credit model, with values that are easy to find again where they must not be. */

/** Stand in every row of `row`; no log line may hold one. */
export const PAYLOAD_MARKS = ['Zanzibar', '73914.25'];

/** Inputs in captured order: age, workclass, income. */
export const row = (age: number): string => `${age},Zanzibar,73914.25`;

export interface Call {
  readonly eventId?: string;
  readonly inferenceId?: string;
  /** Input rows; default one. */
  readonly ages?: readonly number[];
  readonly more?: Partial<CaptureEvent>;
}

/** One call with one output row for each input row. */
export function call({ eventId = 'event-1', inferenceId, ages = [37], more = {} }: Call = {}): Partial<CaptureEvent> {
  return {
    eventId,
    inferenceId: inferenceId ?? null,
    input: csv(ages.map(row).join('\n')),
    output: csv(ages.map((age) => `0.${age}`).join('\n')),
    ...more,
  };
}

/** A capture file of these calls. */
export const fileOf = (...calls: readonly Partial<CaptureEvent>[]): string => captureFileText(calls);

/** A capture file of single-row calls `{prefix}-0`, `{prefix}-1` … */
export const singles = (prefix: string, count: number): string =>
  fileOf(...Array.from({ length: count }, (_, at) => call({ eventId: `${prefix}-${at}`, ages: [20 + (at % 50)] })));

/** The ids `singles` leads to. */
export const singleIds = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}-${at}`);

/** A key as Data Capture makes them. */
export const captureKey = (name: string, variant = 'AllTraffic'): string =>
  `captures/credit/${variant}/2026/09/01/12/00-00-000-${name}.jsonl`;
