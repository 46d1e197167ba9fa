import { capturedEventsLine } from '../../src/aws/metrics';

const NOW_MS = Date.UTC(2026, 8, 1, 12);
const KEY = 'captures/churn-prod/AllTraffic/2026/09/01/11/34-30-683-028573f5.jsonl';

interface Line {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly { readonly Dimensions: readonly (readonly string[])[] }[];
  };
}

const line = (key: string) => JSON.parse(capturedEventsLine('churn', 'arthur', key, 7, NOW_MS)) as Line;
const dimensions = (key: string) => line(key)._aws.CloudWatchMetrics.flatMap((each) => each.Dimensions);

describe('the line of captured events', () => {
  test('counts for the sink, and for the endpoint and variant of the key', () => {
    expect(line(KEY)).toMatchObject({
      Model: 'churn',
      Sink: 'arthur',
      EndpointName: 'churn-prod',
      VariantName: 'AllTraffic',
      CapturedEvents: 7,
    });
    expect(dimensions(KEY)).toEqual([
      ['Model', 'Sink'],
      ['Model', 'Sink', 'EndpointName', 'VariantName'],
    ]);
  });

  test('stands at the time of the capture, so that a backlog is no gap', () => {
    expect(line(KEY)._aws.Timestamp).toBe(Date.UTC(2026, 8, 1, 11, 34, 30));
  });

  test.each([
    ['a key without a time', 'captures/copy.jsonl'],
    ['a time that CloudWatch takes no more', KEY.replace('2026/09/01', '2026/08/01')],
    ['a time to come', KEY.replace('2026/09/01', '2026/09/02')],
  ])('stands at the present for %s', (_what, key) => {
    expect(line(key)._aws.Timestamp).toBe(NOW_MS);
  });

  test.each([
    ['outside the layout', 'captures/copy.jsonl'],
    ['of a folder that no variant is called', KEY.replace('AllTraffic', 'All Traffic')],
    ['of a folder that no endpoint is called', KEY.replace('churn-prod', 'x'.repeat(64))],
  ])('makes no metric of its own for a key %s', (_what, key) => {
    expect(dimensions(key)).toEqual([['Model', 'Sink']]);
    expect(line(key)).not.toHaveProperty('VariantName');
  });
});
