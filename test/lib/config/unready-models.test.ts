import { forwardingFindings } from '../../../lib/config/forwarding-findings';
import { sinkFindings } from '../../../lib/config/sink-findings';
import { folderProblems } from '../../support/folder-problems';
import { captureYaml, modelYaml } from '../../support/model-yaml';

const one = (parts: Parameters<typeof modelYaml>[0]): Record<string, string> => ({ 'models/a.yaml': modelYaml(parts) });
const arthur = (host: string, modelId = 'm1') => ({
  sinks: `sinks: [{ type: arthur, host: "${host}", modelId: ${modelId}, token: { secret: monitoring/arthur } }]`,
});
const bucket = (name: string) => ({ capture: `capture: { bucket: ${name}, prefix: captures/ }` });

describe('a model that could not work once it is deployed is refused:', () => {
  test.each<[mistake: string, parts: Parameters<typeof modelYaml>[0], problem: RegExp]>([
    [
      'the placeholder of init',
      arthur('https://app.arthur.ai', '00000000-0000-0000-0000-000000000000'),
      /^models\/a\.yaml:4 sinks\[0\]\.modelId is the placeholder that `init` wrote.*given: "00000000-.*Cure: put the model's id there$/,
    ],
    ...['http://localhost:3000', 'https://127.0.0.1', 'http://[::1]:8080'].map(
      (host) =>
        [
          `a partner at ${host}`,
          arthur(host),
          /^models\/a\.yaml:4 sinks\[0\]\.host is this machine, which a function at AWS does not reach; given: "http.*Cure: name the partner's own address/,
        ] as [string, object, RegExp],
    ),
    [
      'fewer runs than one sink asks for',
      { forwarder: 'forwarder: { reservedConcurrency: 9 }' },
      /^models\/a\.yaml:6 forwarder\.reservedConcurrency is less than the 10 runs that its queues ask for \(maxConcurrency 10\): .*given: 9\. Cure: take 10 or more/,
    ],
    [
      'nothing that is captured',
      captureYaml('samplingPercentage: 0, partial: cost'),
      /^models\/a\.yaml:3 capture\.samplingPercentage captures nothing at all, so there is nothing to forward; given: 0\. Cure: capture a part/,
    ],
    [
      'capture that is off with a reason',
      captureYaml('enabled: false, partial: cost'),
      /^models\/a\.yaml:3 capture\.enabled captures nothing at all/,
    ],
    ...[
      'xn--captures',
      'sthree-captures',
      'amzn-s3-demo-bucket',
      'captures-s3alias',
      'captures--ol-s3',
      'captures.mrap',
      'captures--use1-az4--x-s3',
      'captures--table-s3',
    ].map(
      (name) =>
        [
          `the bucket ${name}`,
          bucket(name),
          /^models\/a\.yaml:3 capture\.bucket must be the name of a bucket: S3 keeps names for itself that begin with xn--,.*given: "/,
        ] as [string, object, RegExp],
    ),
  ])('%s', (_, parts, problem) => {
    expect(folderProblems(one(parts))).toEqual([expect.stringMatching(problem)]);
  });
});

test('an endpoint that is there may be forwarded before it captures', () => {
  const parts = { ...captureYaml('enabled: false, partial: cost'), endpoint: 'endpoint: { existing: prod }' };

  expect(folderProblems(one(parts))).toEqual([]);
});

test('each sink has as many runs as one', () => {
  const sinks = [{ type: 'arthur' }, { type: 'fiddler' }];
  const problems = (forwarder: object): unknown[] =>
    forwardingFindings({ sinks, forwarder }).map(({ problem }) => problem);

  expect(problems({ reservedConcurrency: 10, maxConcurrency: 5 })).toEqual([]);
  expect(problems({ reservedConcurrency: 9, maxConcurrency: 5 })).toEqual([
    'is less than the 10 runs that its queues ask for (maxConcurrency 5 for each of 2 sinks): the others would be throttled',
  ]);
});

test('a partner on this machine is right where AWS is emulated on it', () => {
  const model = { sinks: [{ type: 'arthur', host: 'http://localhost:3000' }] };

  expect(sinkFindings(model, { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' })).toEqual([]);
  expect(sinkFindings(model, { AWS_ENDPOINT_URL: 'https://vpce.example.com' })).toHaveLength(1);
});
