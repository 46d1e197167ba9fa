// The built-in validation of a template takes longer than everything else here; `cdk synth` runs it.
process.env.CDK_VALIDATION = 'false';

import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { PipelineAlarms, type PipelineAlarmsProps } from '../../../lib/constructs/pipeline-alarms';

export interface MetricOfTemplate {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, unknown>>;
}

/** Stub queues and functions, and the construct over them. */
export function watchedStack({
  sinkNames = ['arthur', 'lake'],
  topics = ['Pager'],
  ...props
}: Partial<PipelineAlarmsProps> & { sinkNames?: readonly string[]; topics?: readonly string[] } = {}) {
  const stack = new Stack(new App(), 'Churn');
  const makeFunction = (name: string) =>
    new Function(stack, name, {
      runtime: Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = () => {};'),
    });
  const sinkOf = (name: string) => ({
    name,
    queue: new Queue(stack, `${name}Queue`),
    deadLetterQueue: new Queue(stack, `${name}DeadLetters`),
  });
  const alarms = new PipelineAlarms(stack, 'Alarms', {
    model: 'churn',
    sinks: sinkNames.map(sinkOf),
    forward: makeFunction('Forward'),
    sweep: makeFunction('Sweep'),
    endpoint: { name: 'churn-prod', variants: ['Blue', 'Green'], shadowVariants: ['Challenger'] },
    actions: topics.map((name) => new Topic(stack, name)),
    ...props,
  });
  const template = Template.fromStack(stack);
  return { stack, alarms, template, alarmsByName: alarmsByName(template), widgets: widgetsOf(template) };
}

interface MetricStat {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
}

export interface AlarmProperties extends MetricStat {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmActions: readonly unknown[];
  readonly OKActions: readonly unknown[];
  readonly Period?: number;
  readonly Threshold: number;
  readonly EvaluationPeriods: number;
  readonly TreatMissingData: string;
  readonly Metrics?: readonly {
    readonly Id: string;
    readonly Expression?: string;
    readonly ReturnData?: boolean;
    readonly MetricStat?: { readonly Metric: MetricStat; readonly Period: number; readonly Stat: string };
  }[];
}

function alarmsByName(template: Template): Readonly<Record<string, AlarmProperties>> {
  const resources = Object.values(template.findResources('AWS::CloudWatch::Alarm')) as {
    Properties: AlarmProperties;
  }[];
  return Object.fromEntries(resources.map(({ Properties }) => [Properties.AlarmName, Properties]));
}

/** Of an alarm, those in its expression included. */
export function metricsOf({ Metrics, ...own }: AlarmProperties): MetricOfTemplate[] {
  const stats = Metrics === undefined ? [own] : Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []);
  return stats.map(({ Namespace, MetricName, Dimensions = [] }) => ({
    namespace: Namespace,
    name: MetricName,
    dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
  }));
}

export interface Widget {
  readonly y: number;
  readonly title: string;
  readonly metrics: readonly MetricOfTemplate[];
}

/** The body of the dashboard, whose parts known at deploy are written as `{…}`. */
function widgetsOf(template: Template): Widget[] {
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard')) as {
    Properties: { DashboardBody: string | { 'Fn::Join': [string, unknown[]] } };
  }[];
  const body = dashboard?.Properties.DashboardBody ?? '{"widgets":[]}';
  const text =
    typeof body === 'string'
      ? body
      : body['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : '{…}')).join('');
  const { widgets } = JSON.parse(text) as {
    widgets: { y: number; properties: { title?: string; markdown?: string; metrics?: unknown[][] } }[];
  };
  return widgets.map(({ y, properties: { title, markdown, metrics = [] } }) => ({
    y,
    title: title ?? markdown ?? '',
    metrics: metrics.map(shownMetric),
  }));
}

/** `[namespace, name, dimension, value, …, options]`, as CDK writes it, without CloudWatch's abbreviations. */
function shownMetric([namespace, name, ...rest]: unknown[]): MetricOfTemplate {
  const pairs = rest.filter((each) => typeof each === 'string');
  const dimensions = Object.fromEntries(
    pairs.flatMap((each, at) => (at % 2 === 0 ? [[each, pairs[at + 1]] as const] : [])),
  );
  return { namespace: String(namespace), name: String(name), dimensions };
}
