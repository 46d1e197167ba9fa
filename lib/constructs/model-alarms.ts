import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmRule } from './alarm-rule';
import { capturedPart } from './capture-gap';
import { relayMetric, type VariantPlace } from './relay-metrics';
import type { WatchedPipeline } from './watched-pipeline';

interface WatchedVariant extends Pick<WatchedPipeline, 'model' | 'sinks'> {
  readonly place: VariantPlace;
  readonly share: number;
}

const ABOVE = ComparisonOperator.GREATER_THAN_THRESHOLD;

/** Lambda sends nothing of a function that nobody calls. */
const QUIET = TreatMissingData.NOT_BREACHING;

/** Once for each model. Each name is an article of docs/runbook.md. */
export const MODEL_ALARMS = {
  'sweep-silent': {
    says: ({ model }) => `The sweep of model ${model} has not ended a run for 2 hours, so lost files are not found.`,
    // One line for each sink at the end of each run, whether it found anything or not: one sink speaks for all.
    metric: ({ model, sinks: [sink] }) =>
      relayMetric({ model, sink: sink?.name ?? '' }, 'SweepHours', {
        statistic: 'SampleCount',
        period: Duration.hours(1),
      }),
    threshold: 1,
    comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
    // A run may take 15 minutes, so that a window of one hour may fall between two of them.
    periods: 2,
    // Silence is what this one listens for.
    missing: TreatMissingData.BREACHING,
  },
  'forward-errors': {
    says: ({ model }) =>
      `The forwarder of model ${model} ended in an error: a crash, a time-out or a bad configuration.`,
    // Failed files are returned by message and are no errors, so that one error is worth a look.
    metric: ({ forward }) => forward.metricErrors({ statistic: 'Sum', period: Duration.minutes(15) }),
    threshold: 0,
    comparison: ABOVE,
    periods: 1,
    missing: QUIET,
  },
  'forward-throttles': {
    says: ({ model }) =>
      `The forwarder of model ${model} was throttled for 15 minutes, and messages lose receives to it.`,
    metric: ({ forward }) => forward.metricThrottles({ statistic: 'Sum', period: Duration.minutes(5) }),
    threshold: 0,
    comparison: ABOVE,
    // A burst of scaling throttles a few calls; what lasts counts as receives, and fills the dead-letter queue.
    periods: 3,
    missing: QUIET,
  },
  'sweep-errors': {
    says: ({ model }) => `The sweep of model ${model} ended in an error.`,
    // Called once an hour, and tried twice more within minutes: one period holds all three attempts.
    metric: ({ sweep }) => sweep.metricErrors({ statistic: 'Sum', period: Duration.hours(1) }),
    threshold: 0,
    comparison: ABOVE,
    periods: 1,
    missing: QUIET,
  },
} as const satisfies Record<string, AlarmRule<WatchedPipeline>>;

/** For each production variant: over all of them, one that captures nothing would hide behind a larger one. */
export const VARIANT_ALARMS = {
  'capture-gap': {
    says: ({ model, place }) =>
      `Variant ${place.variant} of model ${model}: for 6 hours, more than a tenth of the answered calls that should be captured were not.`,
    metric: ({ model, sinks, place, share }) =>
      capturedPart(
        model,
        sinks.map(({ name }) => name),
        place,
        share,
      ),
    // Capture of all calls gives 1; the SDK's default of 20 % gives 0.2. A tenth is left for files on their way.
    threshold: 0.9,
    comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
    // The windows slide: a burst whose files are on their way falls into the newest one alone, a burst that was not
    // captured lies across the border of both some time later.
    periods: 2,
    // Nobody called.
    missing: QUIET,
  },
} as const satisfies Record<string, AlarmRule<WatchedVariant>>;
