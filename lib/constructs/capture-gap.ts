import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { capturedEvents, endpointMetric, type MetricWindow, type VariantPlace } from './relay-metrics';

/**
 * What part of a variant's successful invocations was captured: 1 when all was, and when nobody called.
 *
 * Failed invocations are taken away, because no source says whether SageMaker captures them, and no captured error was
 * ever seen; if it does, the part is above 1, which no alarm minds. Each sink counts every event, skipped ones too, so
 * a sum over sinks would be a multiple: the one that counted most is taken, so that a sink that is down makes no gap
 * while another one works. Shadow variants are left out: their copies may go uncaptured by choice.
 */
export function capturedPart(
  model: string,
  sinks: readonly string[],
  place: VariantPlace,
  /** Captured on purpose, above 0 to 1. */
  share = 1,
): IMetric {
  const counted = sinks.slice(0, MAX_SINKS).map((sink, at) => {
    return [`captured${at}`, capturedEvents({ model, sink }, place, WINDOW)] as const;
  });
  const invocations = endpointMetric(place, 'Invocations', WINDOW);
  // A metric that was never sent has no points that FILL could fill, and a capture that is wholly off sends none.
  const none = expression('0 * invocations', { invocations });
  const captured = expression(`MAX([${[...counted.map(([id]) => id), 'none'].join(', ')}])`, {
    ...Object.fromEntries(counted),
    none,
  });
  const expected = expression(`${share === 1 ? '' : `${share} * `}(invocations - SUM([errors4xx, errors5xx, none]))`, {
    invocations,
    errors4xx: endpointMetric(place, 'Invocation4XXErrors', WINDOW),
    errors5xx: endpointMetric(place, 'Invocation5XXErrors', WINDOW),
    none,
  });
  return new MathExpression({
    expression: 'IF(expected > 0, captured / expected, 1)',
    usingMetrics: { expected, captured },
    label: 'captured part of the successful invocations',
    period: GAP_PERIOD,
  });
}

/** Files come minutes after their events; of three hours that is little, also when traffic comes in bursts. */
export const GAP_PERIOD = Duration.hours(3);
const WINDOW: MetricWindow = { statistic: 'Sum', period: GAP_PERIOD };

/** An alarm takes 10 metrics, and three are SageMaker's. Source: AWS, "CloudWatch alarms: limits". */
const MAX_SINKS = 7;

const expression = (text: string, usingMetrics: Record<string, IMetric>): MathExpression =>
  new MathExpression({ expression: text, usingMetrics, period: GAP_PERIOD });
