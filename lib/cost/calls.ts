import { metricLine } from '../../src/aws/metrics';
import { emptyTally } from '../../src/core/tally';
import { SWEEP_METRICS } from '../../src/sweep/sweep-metrics';
import { MODEL_ALARMS, VARIANT_ALARMS } from '../constructs/model-alarms';
import { SINK_ALARMS } from '../constructs/sink-alarms';
import type { Traffic } from './traffic';

/** What the code does for a file, an hour, a model. Held against the code by test/lib/cost. */

export const HOURS_PER_MONTH = 730;

/**
 * For a file and sink: breaker and ledger entry are read; the entry is written at the claim and after each batch. Batches
 * that end together share a write, and a hand-over, which costs another, is rare: so this is more than most files take.
 */
export const stateReadsPerFile = 2;
export const stateWritesPerFile = (batches: number): number => batches + 1;

/** Stored for a file and sink. */
export const ENTRY_BYTES = 1_200;

/** Logged for a file and sink: what became of it, and two lines of metrics. */
export const LOG_BYTES_PER_FILE = 1_900;

/** Lambda's own three lines of a run; an assumption. */
export const LOG_BYTES_PER_RUN = 400;

/** Keys that one LIST gives (S3 API, ListObjectsV2). */
const KEYS_PER_LIST = 1_000;

/** Each hour is looked at until two days after it ended (docs/sweep.md, "What it costs"). */
const LOOKS_PER_HOUR = 49;

/** LIST calls of a run for a variant: it, its endpoint, year, month, and the three days that 48 hours touch. */
const FOLDER_LISTS_PER_VARIANT = 7;

/** Of the sweep, for one hour of captures: the calls that `docs/sweep.md` counts, and those of a run. */
export function sweepCallsPerHour({ filesPerHour, sinks, variants }: Traffic) {
  const pages = (keys: number): number => Math.max(1, Math.ceil(keys / KEYS_PER_LIST));
  const ofCaptures = variants * pages(filesPerHour / variants);
  return {
    lists: sinks * LOOKS_PER_HOUR * (ofCaptures + pages(filesPerHour)) + FOLDER_LISTS_PER_VARIANT * variants,
    // Each entry once, each roll-up with each look, its own place and the start of each sink with each run.
    gets: sinks * (filesPerHour + LOOKS_PER_HOUR + 1) + 1,
    puts: sinks + 1,
  };
}

/** SQS requests for a message: it is sent, received and deleted, each by itself at worst. */
export const SQS_REQUESTS_PER_MESSAGE = 3;

/**
 * Empty receives of one queue. "When traffic is low, Lambda scales back the processing to five concurrent batches", and
 * no further where a maximum concurrency is set (Lambda Developer Guide, "Configuring scaling behavior for SQS event
 * source mappings"); a long poll waits at most 20 s.
 */
export const EMPTY_RECEIVES_PER_HOUR = (5 * 3_600) / 20;

/** "S3 Bucket Keys … reduce AWS KMS request costs by up to 99 percent" (S3 User Guide): the other one. */
export const KMS_PER_S3_REQUEST = 0.01;

/**
 * R = B / D * (2 * P + C) (SQS Developer Guide, "Estimating AWS KMS costs"): data keys live an hour; S3 or SNS, forwarder
 * and sweep send, one receives.
 */
export const KMS_PER_QUEUE_HOUR = 2 * 3 + 1;

/** The same of a topic, whose keys live five minutes; S3 alone publishes. */
export const KMS_PER_TOPIC_HOUR = (60 / 5) * 2;

/** Time of a sweep's run; an assumption. */
export const SWEEP_SECONDS = 10;

/** Each combination of name and dimensions is one. Those of a sink that is down come only while it is. */
export function customMetrics({ sinks, variants }: Traffic): number {
  const files = { done: 0, inFlight: 0, gone: 0, superseded: 0 };
  const line = JSON.parse(metricLine('', '', emptyTally(), files, 0)) as {
    readonly _aws: { readonly CloudWatchMetrics: readonly { readonly Metrics: readonly unknown[] }[] };
  };
  const ofWork = line._aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics).length;
  // CapturedEvents has two sets of dimensions: the sink, and the sink with a variant.
  const ofEvents = 1 + variants;
  return sinks * (ofWork + ofEvents + Object.keys(SWEEP_METRICS).length);
}

/** An alarm on an expression is paid for by the metrics in it. */
export function alarmMetrics({ sinks, variants }: Traffic): number {
  const ofSinks = sinks * Object.keys(SINK_ALARMS).length;
  const ofModel = Object.keys(MODEL_ALARMS).length;
  // `capturedPart`: three of SageMaker's, and one of each sink up to an alarm's ten.
  const ofVariants = variants * Object.keys(VARIANT_ALARMS).length * Math.min(10, 3 + sinks);
  return ofSinks + ofModel + ofVariants;
}
