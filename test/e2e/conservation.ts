import { ARTHUR_TOKEN, FIDDLER_TOKEN } from '../support/forward-stack';
import type { Invocation } from './forward-function';
import { PAYLOAD_MARKS } from './captured-calls';

/**
 * The promise, asked after every invocation: what was captured is what the test put there; each work accounts for all
 * of it, in its log line as in its metrics; the partners hold exactly what is called delivered; and nothing that
 * belongs to the callers or to the partners' doors stands in the log.
 */
export interface ExpectedTally {
  readonly captured: number;
  readonly delivered?: number;
  readonly accepted?: number;
  readonly quarantined?: number;
  readonly skipped?: number;
  readonly inFlight?: number;
  /** Rows the partner holds beyond the delivered ones: it stored them and its answer was lost. Default 0. */
  readonly alsoStored?: number;
}

/** By sink, summed over the files of the invocation; a sink that is not named must have had no work. */
export function expectConservation(run: Invocation, expected: Readonly<Record<string, ExpectedTally>>): void {
  const bySink = sumBySink(run.metrics);
  const wanted = Object.entries(expected).map(([sink, tally]) => [sink, { ...NOTHING, ...counts(tally) }] as const);
  expect(Object.fromEntries(bySink)).toEqual(Object.fromEntries(wanted));
  for (const metrics of run.metrics) expectBalance(metrics);
  expect(sumOfLogs(run)).toEqual(sumBySink(run.metrics, 'over all sinks').get('over all sinks') ?? NOTHING);
  expect(run.logs.filter(({ code }) => code === 'IMBALANCE')).toEqual([]);
  for (const [sink, { delivered = 0, alsoStored = 0 }] of Object.entries(expected))
    expect({ sink, stored: run.storedRows.get(sink) }).toEqual({ sink, stored: delivered + alsoStored });
  for (const [sink, rows] of run.storedRows) if (!(sink in expected)) expect({ sink, rows }).toEqual({ sink, rows: 0 });
  expectNothingSecret(run);
}

/** For invocations that end before any work as well. */
export function expectNothingSecret({ lines, result }: Invocation): void {
  const printed = `${lines.join('\n')}\n${result.kind === 'error' ? result.errorMessage : ''}`;
  for (const secret of [ARTHUR_TOKEN, FIDDLER_TOKEN, ...PAYLOAD_MARKS]) expect(printed).not.toContain(secret);
}

const NAMES = ['captured', 'delivered', 'accepted', 'quarantined', 'skipped', 'inFlight'] as const;
type Counts = Record<(typeof NAMES)[number], number>;
const NOTHING: Counts = { captured: 0, delivered: 0, accepted: 0, quarantined: 0, skipped: 0, inFlight: 0 };

function counts(tally: ExpectedTally): Partial<Counts> {
  const { alsoStored: _, ...rest } = tally;
  return rest;
}

const metricName = (name: string): string => `${name[0]?.toUpperCase()}${name.slice(1)}Inferences`;

function sumBySink(metrics: Invocation['metrics'], under?: string): Map<string, Counts> {
  const sums = new Map<string, Counts>();
  for (const line of metrics) {
    const sink = under ?? String(line.Sink);
    const sum = sums.get(sink) ?? { ...NOTHING };
    for (const name of NAMES) sum[name] += Number(line[metricName(name)]);
    sums.set(sink, sum);
  }
  return sums;
}

function expectBalance(line: Readonly<Record<string, unknown>>): void {
  const term = (name: keyof Counts): number => Number(line[metricName(name)]);
  expect(term('captured')).toBe(term('delivered') + term('quarantined') + term('skipped') + term('inFlight'));
  const files = ['FilesDone', 'FilesInFlight', 'FilesGone', 'FilesSuperseded'].map((name) => Number(line[name]));
  expect(files.reduce((sum, each) => sum + each, 0)).toBe(1);
}

/** The last line of each work carries its tally. */
function sumOfLogs({ logs }: Invocation): Counts {
  const sum = { ...NOTHING };
  for (const line of logs.filter(({ state }) => state !== undefined))
    for (const name of NAMES) sum[name] += Number(line[name]);
  return sum;
}
