import type { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { CAPTURED_EVENTS, type ForwardMetric, METRIC_NAMESPACE } from '../../src/aws/metrics';
import type { SweepMetric } from '../../src/sweep/sweep-metrics';

/** Metrics as the functions send them: a name that none of them knows does not compile. */
export type RelayMetric = ForwardMetric | SweepMetric;

export interface MetricWindow {
  readonly statistic: 'Sum' | 'Maximum' | 'Average' | 'SampleCount' | 'p99';
  readonly period: Duration;
  readonly label?: string;
}

export interface SinkPlace {
  readonly model: string;
  readonly sink: string;
}

export interface VariantPlace {
  readonly endpoint: string;
  readonly variant: string;
}

export const relayMetric = ({ model, sink }: SinkPlace, metricName: RelayMetric, window: MetricWindow): Metric =>
  new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { Model: model, Sink: sink },
    ...window,
  });

/** Events that one sink counted of one variant, by the time of their capture. */
export const capturedEvents = (
  { model, sink }: SinkPlace,
  { endpoint, variant }: VariantPlace,
  window: MetricWindow,
): Metric =>
  new Metric({
    namespace: METRIC_NAMESPACE,
    metricName: CAPTURED_EVENTS,
    dimensionsMap: { Model: model, Sink: sink, EndpointName: endpoint, VariantName: variant },
    ...window,
  });

/** Source: AWS, "Amazon SageMaker AI metrics in Amazon CloudWatch", endpoint invocation metrics. Latency is in µs. */
export type EndpointMetric =
  | 'Invocations'
  | 'Invocation4XXErrors'
  | 'Invocation5XXErrors'
  | 'ModelLatency'
  | 'OverheadLatency';

export const endpointMetric = (
  { endpoint, variant }: VariantPlace,
  metricName: EndpointMetric,
  window: MetricWindow,
): Metric =>
  new Metric({
    namespace: 'AWS/SageMaker',
    metricName,
    dimensionsMap: { EndpointName: endpoint, VariantName: variant },
    ...window,
  });
