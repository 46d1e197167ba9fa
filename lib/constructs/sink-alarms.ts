import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmRule } from './alarm-rule';
import { type MetricWindow, type RelayMetric, relayMetric } from './relay-metrics';
import type { SinkQueues } from './watched-pipeline';

interface WatchedSink {
  readonly model: string;
  readonly sink: SinkQueues;
}

const ABOVE = ComparisonOperator.GREATER_THAN_THRESHOLD;
const HOUR_SECONDS = 3_600;

/** A function that did not run sent nothing: no news of trouble, and the sweep has an alarm for its own silence. */
const QUIET = TreatMissingData.NOT_BREACHING;
/** The sweep speaks once an hour, and an hour may pass between two of its lines: what it said last still holds. */
const STILL = TreatMissingData.IGNORE;

const ofSink =
  (name: RelayMetric, window: MetricWindow) =>
  ({ model, sink }: WatchedSink): Metric =>
    relayMetric({ model, sink: sink.name }, name, window);

const told = ({ model, sink }: WatchedSink, what: string): string => `Sink ${sink.name} of model ${model}: ${what}.`;

/** For each sink. Each name is an article of docs/runbook.md. */
export const SINK_ALARMS = {
  'missing-files': {
    says: (watched) => told(watched, 'a capture file is older than 3 hours, and no run has begun it'),
    metric: ofSink('OldestMissingFileAgeSeconds', { statistic: 'Maximum', period: Duration.hours(1) }),
    // One sweep finds a file and sends it to the queue, the next one sees it done; a third has nothing left to say.
    threshold: 3 * HOUR_SECONDS,
    comparison: ABOVE,
    periods: 1,
    missing: STILL,
  },
  'stuck-files': {
    says: (watched) => told(watched, 'a capture file was begun more than 6 hours ago, and is not done'),
    metric: ofSink('OldestInFlightFileAgeSeconds', { statistic: 'Maximum', period: Duration.hours(1) }),
    // The sweep has sent for it after 2 hours and after 4: it is not going to end by itself.
    threshold: 6 * HOUR_SECONDS,
    comparison: ABOVE,
    periods: 1,
    missing: STILL,
  },
  'dead-letters': {
    says: (watched) => told(watched, 'the dead-letter queue holds messages'),
    metric: ({ sink }) =>
      sink.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
        statistic: 'Maximum',
        period: Duration.minutes(5),
      }),
    threshold: 0,
    comparison: ABOVE,
    periods: 1,
    // SQS stops sending metrics of a queue that was empty and unused for six hours.
    missing: QUIET,
  },
  rejections: {
    says: (watched) => told(watched, 'inferences were refused and are in quarantine'),
    // A run may take 15 minutes, so its refusals are one alarm and not several.
    metric: ofSink('QuarantinedInferences', { statistic: 'Sum', period: Duration.minutes(15) }),
    threshold: 0,
    comparison: ABOVE,
    periods: 1,
    missing: QUIET,
  },
  'sink-misconfigured': {
    says: (watched) => told(watched, 'it refuses a token, an address or a model, and a person has to act'),
    // The breaker lets a run try every 15 minutes: twice that, so that the alarm stays on between two tries.
    metric: ofSink('SinkMisconfigured', { statistic: 'Sum', period: Duration.minutes(30) }),
    threshold: 0,
    comparison: ABOVE,
    periods: 1,
    missing: QUIET,
  },
  'sink-unavailable': {
    says: (watched) => told(watched, 'it has taken nothing for 40 minutes'),
    // A file that waits comes back after 15 minutes at most: each 20 minutes hold a try while the sink is away.
    metric: ofSink('SinkUnavailable', { statistic: 'Sum', period: Duration.minutes(20) }),
    threshold: 0,
    comparison: ABOVE,
    periods: 2,
    missing: QUIET,
  },
  'files-gone': {
    says: (watched) => told(watched, 'capture files were deleted before they were read'),
    metric: ofSink('FilesGone', { statistic: 'Sum', period: Duration.minutes(15) }),
    threshold: 0,
    comparison: ABOVE,
    periods: 1,
    missing: QUIET,
  },
  'queue-backlog': {
    says: (watched) => told(watched, 'a message has waited in the queue for more than an hour'),
    metric: ({ sink }) =>
      sink.queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', period: Duration.minutes(5) }),
    // A hand-over delays a message by 15 minutes at most, and is a fresh one: an hour means that nobody takes them.
    threshold: HOUR_SECONDS,
    comparison: ABOVE,
    // A message received three times counts no more, so that one that crashes the forwarder does not speak here.
    // Source: AWS, "Available CloudWatch metrics for Amazon SQS".
    periods: 1,
    missing: QUIET,
  },
} as const satisfies Record<string, AlarmRule<WatchedSink>>;
