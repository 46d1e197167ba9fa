import { ALARM_KINDS } from '../../../lib/constructs/pipeline-alarms';
import { capturedEventsLine, metricLine, stoppedSinkLine } from '../../../src/aws/metrics';
import { emptyTally } from '../../../src/core/tally';
import { sweepMetricLine } from '../../../src/sweep/sweep-metrics';
import { type AlarmProperties, type MetricOfTemplate, metricsOf, watchedStack } from './watched-stack';

const { stack, alarms, alarmsByName, template, widgets } = watchedStack();
const all = Object.values(alarmsByName);
const alarm = (name: string): AlarmProperties => {
  const found = alarmsByName[name];
  if (found === undefined) throw new Error(`no alarm ${name} among ${Object.keys(alarmsByName).join(', ')}`);
  return found;
};

/** `namespace name dimension,dimension` of everything the functions send. */
function sentMetrics(): Set<string> {
  const key = 'captures/churn-prod/Blue/2026/09/01/11/34-30-683-a.jsonl';
  const files = { done: 0, inFlight: 0, gone: 0, superseded: 0 };
  const lines = [
    metricLine('churn', 'arthur', emptyTally(), files, 0),
    stoppedSinkLine('churn', 'arthur', 'misconfigured', 0),
    stoppedSinkLine('churn', 'arthur', 'unavailable', 0),
    capturedEventsLine('churn', 'arthur', key, 1, 0),
    sweepMetricLine({ model: 'churn', sink: 'arthur', hours: [], requeued: 0, looked: 0, nowMs: 0 }),
  ];
  const groups = lines.flatMap((line) => {
    const { _aws } = JSON.parse(line) as {
      _aws: { CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[] };
    };
    return _aws.CloudWatchMetrics;
  });
  return new Set(
    groups.flatMap(({ Namespace, Dimensions, Metrics }) =>
      Dimensions.flatMap((names) => Metrics.map(({ Name }) => `${Namespace} ${Name} ${[...names].sort().join()}`)),
    ),
  );
}

const shown = ({ namespace, name, dimensions }: MetricOfTemplate): string =>
  `${namespace} ${name} ${Object.keys(dimensions).sort().join()}`;

describe('the alarms of a pipeline', () => {
  test('are all there, each under a name of its own that begins with the model', () => {
    const names = [
      ...['arthur', 'lake'].flatMap((sink) =>
        [
          'missing-files',
          'stuck-files',
          'dead-letters',
          'rejections',
          'sink-misconfigured',
          'sink-unavailable',
          'files-gone',
          'queue-backlog',
        ].map((kind) => `churn-${kind}-${sink}`),
      ),
      ...['sweep-silent', 'forward-errors', 'forward-throttles', 'sweep-errors'].map((kind) => `churn-${kind}`),
      'churn-capture-gap-Blue',
      'churn-capture-gap-Green',
    ];

    expect(Object.keys(alarmsByName).sort()).toEqual(names.sort());
    expect(alarms.alarms).toHaveLength(names.length);
    template.resourceCountIs('AWS::CloudWatch::CompositeAlarm', 0);
  });

  test.each(all)('$AlarmName tells the topic when it begins and when it ends', ({ AlarmActions, OKActions }) => {
    const [topic] = Object.keys(template.findResources('AWS::SNS::Topic'));

    expect(AlarmActions).toEqual([{ Ref: topic }]);
    expect(OKActions).toEqual([{ Ref: topic }]);
  });

  test.each(all)(
    '$AlarmName is described by a sentence and the article, with the page and whose page it is',
    ({ AlarmName, AlarmDescription }) => {
      const [, sentence = '', anchor = ''] =
        /^(.+\.) Runbook: docs\/runbook\.md#(\S+) of capture-relay$/.exec(AlarmDescription) ?? [];

      expect(sentence).toContain('churn');
      expect(ALARM_KINDS).toContain(anchor);
      expect(`${AlarmName}-`).toContain(`churn-${anchor}-`);
    },
  );

  test('link the runbook that is given', () => {
    const given = watchedStack({ runbookUrl: 'https://wiki.example.com/relay' });

    expect(given.alarmsByName['churn-sweep-silent']?.AlarmDescription).toMatch(
      / Runbook: https:\/\/wiki\.example\.com\/relay#sweep-silent$/,
    );
  });

  test('of a gap say how much was not captured, and for how long', () => {
    const [gap] = all.filter(({ AlarmName }) => AlarmName.includes('capture-gap'));

    expect(gap?.AlarmDescription).toMatch(
      /^Variant \w+ of model churn: for 6 hours, more than a tenth of the answered calls that should be captured were not\. /,
    );
  });

  test('watch what the functions send, by its very name and dimensions', () => {
    const own = all.flatMap(metricsOf).filter(({ namespace }) => namespace === 'CaptureRelay');
    const sent = sentMetrics();

    expect(own.length).toBeGreaterThan(10);
    expect(own.map(shown).filter((metric) => !sent.has(metric))).toEqual([]);
  });

  test('of a sink watch that sink, and its own queues', () => {
    const ofLake = all.filter(({ AlarmName }) => AlarmName.endsWith('-lake')).flatMap(metricsOf);
    const logical = (resource: string) => stack.getLogicalId(stack.node.findChild(resource).node.defaultChild as never);
    const queues = ['lakeQueue', 'lakeDeadLetters'].map((name) => ({ 'Fn::GetAtt': [logical(name), 'QueueName'] }));

    const sinks = ofLake.flatMap(({ dimensions }) => dimensions.Sink ?? []);
    const watched = ofLake.flatMap(({ dimensions }) => dimensions.QueueName ?? []);
    expect(new Set(sinks)).toEqual(new Set(['lake']));
    expect(watched).toEqual(expect.arrayContaining(queues));
    expect(watched).toHaveLength(2);
  });

  test('of a file that is missing speak after 3 hours, and keep what they said between two sweeps', () => {
    expect(alarm('churn-missing-files-arthur')).toMatchObject({
      MetricName: 'OldestMissingFileAgeSeconds',
      Statistic: 'Maximum',
      Threshold: 10_800,
      ComparisonOperator: 'GreaterThanThreshold',
      Period: 3_600,
      EvaluationPeriods: 1,
      TreatMissingData: 'ignore',
    });
  });

  test('of a sink that is away wait for two tries of a file that comes back after 15 minutes', () => {
    const { Period = 0, EvaluationPeriods, MetricName } = alarm('churn-sink-unavailable-arthur');

    expect(MetricName).toBe('SinkUnavailable');
    expect([Period, EvaluationPeriods]).toEqual([1_200, 2]);
  });

  test('of the sweep take silence for trouble, and no other alarm does', () => {
    expect(alarm('churn-sweep-silent')).toMatchObject({
      MetricName: 'SweepHours',
      Statistic: 'SampleCount',
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      Period: 3_600,
      EvaluationPeriods: 2,
    });
    expect(
      all.filter(({ TreatMissingData }) => TreatMissingData === 'breaching').map((each) => each.AlarmName),
    ).toEqual(['churn-sweep-silent']);
  });

  test.each(all)('$AlarmName takes a window that CloudWatch takes', ({ Period, EvaluationPeriods, Metrics = [] }) => {
    const periods = [
      ...(Period === undefined ? [] : [Period]),
      ...Metrics.flatMap((each) => each.MetricStat?.Period ?? []),
    ];

    expect(periods.length).toBeGreaterThan(0);
    for (const period of periods) {
      expect(period % 60).toBe(0);
      // Up to a day for periods below one hour, and a week for others. Source: CloudWatch API, PutMetricAlarm.
      expect(period * EvaluationPeriods).toBeLessThanOrEqual(period < 3_600 ? 86_400 : 604_800);
    }
  });

  test('without a sink or anybody to tell are refused, with all reasons at once', () => {
    const wanting = () =>
      watchedStack({ sinkNames: [], topics: [], endpoint: { name: 'e', variants: [], shadowVariants: [] } });

    expect(wanting).toThrow(/no sink to watch[\s\S]*SNS topic in actions[\s\S]*endpoint e has no production variant/);
  });

  test('tell each topic that is given', () => {
    const { alarmsByName: told } = watchedStack({ topics: ['Pager', 'Chat'] });

    expect(told['churn-sweep-errors']?.AlarmActions).toHaveLength(2);
    expect(told['churn-sweep-errors']?.OKActions).toHaveLength(2);
  });
});

describe('the alarm on the capture gap', () => {
  const { Metrics = [], ...gap } = alarm('churn-capture-gap-Blue');
  const expressions = Object.fromEntries(
    Metrics.flatMap(({ Id, Expression }) => (Expression ? [[Id, Expression]] : [])),
  );

  test("holds one variant's successful invocations against the events of the sink that counted most", () => {
    const stats = metricsOf({ ...gap, Metrics }).map(({ namespace, name, dimensions }) => [
      namespace,
      name,
      dimensions,
    ]);
    const variant = { EndpointName: 'churn-prod', VariantName: 'Blue' };

    expect(stats).toEqual(
      expect.arrayContaining([
        ['AWS/SageMaker', 'Invocations', variant],
        ['AWS/SageMaker', 'Invocation4XXErrors', variant],
        ['AWS/SageMaker', 'Invocation5XXErrors', variant],
        ['CaptureRelay', 'CapturedEvents', { Model: 'churn', Sink: 'arthur', ...variant }],
        ['CaptureRelay', 'CapturedEvents', { Model: 'churn', Sink: 'lake', ...variant }],
      ]),
    );
    expect(stats).toHaveLength(5);
    expect(Metrics.filter(({ ReturnData }) => ReturnData !== false)).toHaveLength(1);
    expect(expressions).toEqual({
      expr_1: 'IF(expected > 0, captured / expected, 1)',
      expected: '(invocations - SUM([errors4xx, errors5xx, none]))',
      captured: 'MAX([captured0, captured1, none])',
      none: '0 * invocations',
    });
  });

  test('looks at windows of hours, of which two in a row must lack a tenth, and stays quiet when nobody calls', () => {
    expect(gap).toMatchObject({
      Threshold: 0.9,
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 2,
      TreatMissingData: 'notBreaching',
    });
    expect(new Set(Metrics.flatMap(({ MetricStat }) => MetricStat?.Period ?? []))).toEqual(new Set([10_800]));
    expect(new Set(Metrics.flatMap(({ MetricStat }) => MetricStat?.Stat ?? []))).toEqual(new Set(['Sum']));
  });

  test('stays within the 10 metrics of an alarm, however many sinks there are', () => {
    const sinkNames = Array.from({ length: 9 }, (_, at) => `sink${at}`);

    const many = watchedStack({ sinkNames }).alarmsByName['churn-capture-gap-Blue'];
    expect(many?.Metrics?.filter(({ MetricStat }) => MetricStat !== undefined)).toHaveLength(10);
  });

  test('asks for the part that is captured on purpose, and for nothing where nothing is', () => {
    const endpoint = { name: 'churn-prod', variants: ['Blue'], shadowVariants: [] };
    const ofShare = (capturedShare: number) =>
      watchedStack({ endpoint: { ...endpoint, capturedShare } }).alarmsByName['churn-capture-gap-Blue'];

    expect(ofShare(0.2)?.Metrics?.find(({ Id }) => Id === 'expected')?.Expression).toBe(
      '0.2 * (invocations - SUM([errors4xx, errors5xx, none]))',
    );
    expect(ofShare(0)).toBeUndefined();
  });

  test('is not there without an endpoint', () => {
    const names = Object.keys(watchedStack({ endpoint: null }).alarmsByName);

    expect(names.filter((name) => name.includes('capture-gap'))).toEqual([]);
    expect(names).toContain('churn-sweep-silent');
  });
});

describe('the dashboard', () => {
  const titles = widgets.map(({ title }) => title);
  const rowOf = (title: string) => {
    const y = widgets.find((widget) => widget.title === title)?.y;
    return widgets.filter((widget) => widget.y === y).flatMap(({ metrics }) => metrics);
  };

  test('has the name of the model', () => {
    template.hasResourceProperties('AWS::CloudWatch::Dashboard', { DashboardName: 'churn' });
  });

  test.each(['arthur', 'lake'])(
    'has the terms of the equation, the files and the state of sink %s in one row',
    (sink) => {
      const metrics = rowOf(`${sink}: inferences`);

      expect(metrics.map(({ dimensions }) => dimensions)).toEqual(metrics.map(() => ({ Model: 'churn', Sink: sink })));
      expect(metrics.map(({ name }) => name)).toEqual([
        'CapturedInferences',
        'DeliveredInferences',
        'QuarantinedInferences',
        'SkippedInferences',
        'InFlightInferences',
        'FilesDone',
        'FilesInFlight',
        'FilesGone',
        'FilesSuperseded',
        'SinkMisconfigured',
        'SinkUnavailable',
        'Retries',
      ]);
    },
  );

  test.each(['arthur', 'lake'])('has the queues and the sweep of sink %s in one row', (sink) => {
    expect(rowOf(`${sink}: queue`).map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'ApproximateNumberOfMessagesVisible',
        'ApproximateAgeOfOldestMessage',
        'MissingFiles',
        'OldestMissingFileAgeSeconds',
        'OldestInFlightFileAgeSeconds',
      ]),
    );
    expect(titles).toContain(`${sink}: dead-letter queue`);
  });

  test('has both functions', () => {
    const names = ['Duration', 'Duration', 'Invocations', 'Errors', 'Throttles', 'ConcurrentExecutions'];

    expect(rowOf('Forwarder: time').map(({ name }) => name)).toEqual([...names, ...names]);
    expect(titles).toContain('Sweep: runs');
  });

  test.each([
    ['Blue', 'Blue'],
    ['Challenger', 'Challenger (shadow)'],
  ])('has a row for variant %s with its calls, failures, latency and what was captured of it', (variant, title) => {
    const metrics = rowOf(`${title}: invocations and captured events`);

    expect(new Set(metrics.map(({ dimensions }) => dimensions.VariantName))).toEqual(new Set([variant]));
    expect(metrics.map(({ name }) => name)).toEqual([
      'Invocations',
      'CapturedEvents',
      'CapturedEvents',
      'Invocation4XXErrors',
      'Invocation5XXErrors',
      'ModelLatency',
      'ModelLatency',
      'OverheadLatency',
    ]);
  });

  test('shows what the functions send, by its very name and dimensions', () => {
    const own = widgets.flatMap(({ metrics }) => metrics).filter(({ namespace }) => namespace === 'CaptureRelay');
    const sent = sentMetrics();

    expect(own.length).toBeGreaterThan(20);
    expect(own.map(shown).filter((metric) => !sent.has(metric))).toEqual([]);
  });

  test('has no row of an endpoint where there is none', () => {
    const { widgets: few } = watchedStack({ endpoint: null });

    expect(few.filter(({ title }) => /Endpoint|invocations/.test(title))).toEqual([]);
    expect(few.map(({ title }) => title)).toContain('Forwarder: time');
  });
});
