import { captureFileText, json } from '../../support/capture-events';

/**
 * Rows of the credit-risk model for both ways to a partner: as the arguments of the vendor's client and as the capture
 * file our sink reads. Values are JSON tokens, so that neither way can round or respell them before the comparison.
 */
export interface CreditRow {
  readonly id: string;
  readonly time: string;
  readonly inputs: Readonly<Record<'age' | 'workclass' | 'income' | 'hours', string>>;
  readonly outputs: Readonly<Record<'score', string>>;
}

/** Text that an encoder may get wrong, and no value at all. */
const WORKCLASSES = ['Private', 'Zürich 日本 😀', 'say "hi" \\ there', 'two\nlines\t\u2028', '', null].map((each) =>
  JSON.stringify(each),
);
/** Both partners' clients send null for what JSON has no number for. */
const INCOMES = ['52000.5', '-0.125', '1e-7', '12345678901.25', 'NaN', '-Infinity', '0.1'];
/** Beyond what a double can hold. */
const HOURS = ['40', '0', '-3', '9007199254740993'];

const cycled = (values: readonly string[], at: number): string => values[at % values.length] ?? '';

export function creditRows(count: number): CreditRow[] {
  return Array.from({ length: count }, (_, at) => ({
    id: `order-${at}`,
    time: new Date(Date.UTC(2026, 8, 1, 12, 0, at)).toISOString().replace('.000Z', 'Z'),
    inputs: {
      age: String(18 + (at % 70)),
      workclass: cycled(WORKCLASSES, at),
      income: cycled(INCOMES, at),
      hours: cycled(HOURS, at),
    },
    outputs: { score: String((at % 997) / 1000) },
  }));
}

/** One JSON array of `{id, time, data}`, inputs and outputs side by side; NaN stands bare, as Python reads it. */
export const rowsDocument = (rows: readonly CreditRow[]): string =>
  `[${rows.map((row) => `{"id":"${row.id}","time":"${row.time}","data":${objectText({ ...row.inputs, ...row.outputs })}}`).join(',\n')}]`;

/** One call of the endpoint for each row. */
export const captureFileOf = (rows: readonly CreditRow[]): string =>
  captureFileText(
    rows.map((row) => ({
      inferenceId: row.id,
      eventId: `event of ${row.id}`,
      inferenceTime: row.time,
      input: json(`{"instances":[${objectText(row.inputs)}]}`),
      output: json(`{"predictions":[${objectText(row.outputs)}]}`),
    })),
  );

const objectText = (tokens: Readonly<Record<string, string>>): string =>
  `{${Object.entries(tokens)
    .map(([name, token]) => `${JSON.stringify(name)}:${token}`)
    .join(',')}}`;
