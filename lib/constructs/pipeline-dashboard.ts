import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { capturedEvents, endpointMetric, type RelayMetric, relayMetric } from './relay-metrics';
import type { SinkQueues, WatchedEndpoint, WatchedPipeline } from './watched-pipeline';

/** A day of it fits a screen. Source: CloudWatch keeps 5-minute points for 63 days, one-minute ones for 15. */
const PERIOD = Duration.minutes(5);
/** A dashboard is 24 units wide. */
const WIDTH = 24;

/** One for each model, from the top as one asks: is anything wrong, what became of what was captured, why. */
export function pipelineDashboard(scope: Construct, pipeline: WatchedPipeline, alarms: readonly IAlarm[]): Dashboard {
  const { model, sinks, endpoint, forward, sweep } = pipeline;
  const names = sinks.map(({ name }) => name);
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: model,
    widgets: [
      [new AlarmStatusWidget({ title: `Alarms of ${model}`, width: WIDTH, height: 4, alarms: [...alarms] })],
      ...sinks.flatMap((sink) => [heading(`Sink ${sink.name}`), equation(model, sink), trouble(model, sink)]),
      heading('Functions'),
      row([...functionGraphs('Forwarder', forward), ...functionGraphs('Sweep', sweep)]),
      ...(endpoint === null ? [] : endpointRows(model, names, endpoint)),
    ],
  });
}

const heading = (text: string): IWidget[] => [new TextWidget({ markdown: `## ${text}`, width: WIDTH, height: 1 })];

function equation(model: string, { name: sink }: SinkQueues): IWidget[] {
  const of = (metric: RelayMetric): IMetric =>
    relayMetric({ model, sink }, metric, { statistic: 'Sum', period: PERIOD });
  return row([
    graph(`${sink}: inferences`, [
      of('CapturedInferences'),
      of('DeliveredInferences'),
      of('QuarantinedInferences'),
      of('SkippedInferences'),
      of('InFlightInferences'),
    ]),
    graph(`${sink}: files`, [of('FilesDone'), of('FilesInFlight'), of('FilesGone'), of('FilesSuperseded')]),
    graph(`${sink}: state`, [of('SinkMisconfigured'), of('SinkUnavailable'), of('Retries')]),
  ]);
}

function trouble(model: string, { name: sink, queue, deadLetterQueue }: SinkQueues): IWidget[] {
  const swept = (metric: RelayMetric): IMetric =>
    relayMetric({ model, sink }, metric, { statistic: 'Maximum', period: Duration.hours(1) });
  const most = { statistic: 'Maximum', period: PERIOD } as const;
  return row([
    graph(
      `${sink}: queue`,
      [
        queue.metricApproximateNumberOfMessagesVisible({ ...most, label: 'waiting' }),
        queue.metricApproximateNumberOfMessagesNotVisible({ ...most, label: 'at work' }),
        queue.metricApproximateNumberOfMessagesDelayed({ ...most, label: 'delayed' }),
      ],
      [queue.metricApproximateAgeOfOldestMessage({ ...most, label: 'oldest, seconds' })],
    ),
    graph(`${sink}: dead-letter queue`, [
      deadLetterQueue.metricApproximateNumberOfMessagesVisible({ ...most, label: 'messages' }),
    ]),
    graph(
      `${sink}: sweep`,
      [swept('MissingFiles'), swept('RequeuedFiles'), swept('SweepHours')],
      [swept('OldestMissingFileAgeSeconds'), swept('OldestInFlightFileAgeSeconds')],
    ),
  ]);
}

function functionGraphs(title: string, fn: IFunction): GraphParts[] {
  const sum = { statistic: 'Sum', period: PERIOD };
  return [
    graph(`${title}: time`, [
      fn.metricDuration({ statistic: 'p50', period: PERIOD, label: 'half of the runs, ms' }),
      fn.metricDuration({ statistic: 'Maximum', period: PERIOD, label: 'longest run, ms' }),
    ]),
    graph(
      `${title}: runs`,
      [
        fn.metricInvocations({ ...sum, label: 'runs' }),
        fn.metricErrors({ ...sum, label: 'errors' }),
        fn.metricThrottles({ ...sum, label: 'throttled' }),
      ],
      [fn.metric('ConcurrentExecutions', { statistic: 'Maximum', period: PERIOD, label: 'at once' })],
    ),
  ];
}

/** A row for each variant, shadow variants as well: what a shadow test compares stands one below the other. */
function endpointRows(model: string, sinks: readonly string[], endpoint: WatchedEndpoint): IWidget[][] {
  const { variants, shadowVariants } = endpoint;
  return [
    heading(`Endpoint ${endpoint.name}`),
    ...variants.map((variant) => variantRow(model, sinks, endpoint.name, variant, variant)),
    ...shadowVariants.map((variant) => variantRow(model, sinks, endpoint.name, variant, `${variant} (shadow)`)),
  ];
}

function variantRow(
  model: string,
  sinks: readonly string[],
  endpoint: string,
  variant: string,
  title: string,
): IWidget[] {
  const place = { endpoint, variant };
  const sum = { statistic: 'Sum', period: PERIOD } as const;
  const latency = (statistic: 'Average' | 'p99', label: string): IMetric =>
    endpointMetric(place, 'ModelLatency', { statistic, period: PERIOD, label });
  return row([
    graph(`${title}: invocations and captured events`, [
      endpointMetric(place, 'Invocations', { ...sum, label: 'invocations' }),
      ...sinks.map((sink) => capturedEvents({ model, sink }, place, { ...sum, label: `captured, as ${sink} counts` })),
    ]),
    graph(`${title}: failed invocations`, [
      endpointMetric(place, 'Invocation4XXErrors', { ...sum, label: '4xx' }),
      endpointMetric(place, 'Invocation5XXErrors', { ...sum, label: '5xx' }),
    ]),
    graph(`${title}: latency, µs`, [
      latency('Average', 'model, on average'),
      latency('p99', 'model, p99'),
      endpointMetric(place, 'OverheadLatency', { statistic: 'Average', period: PERIOD, label: 'overhead, on average' }),
    ]),
  ]);
}

interface GraphParts {
  readonly title: string;
  readonly left: IMetric[];
  readonly right: IMetric[];
}

const graph = (title: string, left: IMetric[], right: IMetric[] = []): GraphParts => ({ title, left, right });

/** Graphs of one width beside each other. */
const row = (graphs: readonly GraphParts[]): IWidget[] =>
  graphs.map((parts) => new GraphWidget({ ...parts, width: WIDTH / graphs.length, height: 6 }));
