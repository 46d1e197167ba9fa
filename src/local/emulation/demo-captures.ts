import { randomUUID } from 'node:crypto';
import { buildCaptureKey } from '../../core/capture-key';

/**
 * Capture files as a credit-risk endpoint would write them, for people who have none at hand: single and several rows
 * an event, ids given by callers and not, JSON answers, a ragged row, a torn line, a shadow variant.
 */
export interface DemoFile {
  readonly key: string;
  readonly text: string;
}

const WORK = ['Private', 'Self-emp-not-inc', 'State-gov', 'Federal-gov'];

export function demoFiles(round: number, now: Date, prefix: string): DemoFile[] {
  const key = (variant: string): string =>
    buildCaptureKey({ prefix, endpoint: 'credit-risk', variant, firstEvent: now, uuid: randomUUID() });
  return [
    { key: key('AllTraffic'), text: production(round, now) },
    {
      key: key('Shadow-01'),
      text: [
        event(row(round), '0.41', now, { invocationSource: 'ShadowExperiment' }),
        event(row(round + 1), '0.42', now, { invocationSource: 'ShadowExperiment' }),
      ].join(''),
    },
  ];
}

function production(round: number, now: Date): string {
  const singles = Array.from({ length: 20 }, (_, at) =>
    event(row(round + at), score(at), now, at % 3 === 0 ? { inferenceId: `order-${round}-${at}` } : {}),
  );
  const several = event(`${row(1)}\n${row(2)}\n${row(3)}\n`, '0.1\n0.2\n0.3\n', now, {
    inferenceId: `basket-${round}`,
  });
  const json = event(row(4), '{"predictions": [{"score": 0.9312}]}', now, {}, 'application/json');
  const ragged = event(`${row(5)}\n37,Private\n${row(6)}\n`, '0.5\n0.6\n0.7', now);
  const torn = `${event(row(7), '0.8', now).slice(0, 120)}\n`;
  return [...singles, several, json, ragged, torn, event(row(8), '0.9', now)].join('');
}

const row = (at: number): string =>
  `${20 + ((at * 7) % 50)},${WORK[at % WORK.length]},${(30_000 + ((at * 937) % 60_000)).toFixed(2)},${20 + (at % 40)}`;
const score = (at: number): string => (0.05 + ((at * 37) % 90) / 100).toFixed(4);

function event(
  input: string,
  output: string,
  now: Date,
  metadata: Record<string, string> = {},
  outputType = 'text/csv; charset=utf-8',
): string {
  return `${JSON.stringify({
    captureData: {
      endpointInput: { observedContentType: 'text/csv', mode: 'INPUT', data: input, encoding: 'CSV' },
      endpointOutput: {
        observedContentType: outputType,
        mode: 'OUTPUT',
        data: output,
        encoding: outputType.includes('json') ? 'JSON' : 'CSV',
      },
    },
    eventMetadata: { eventId: randomUUID(), ...metadata, inferenceTime: `${now.toISOString().slice(0, 19)}Z` },
    eventVersion: '0',
  })}\n`;
}
