import { parseCaptureKey } from '../core/capture-key';
import type { TallyCounts } from '../core/tally';

/**
 * CloudWatch metrics as embedded metric format: a log line CloudWatch turns into metrics, so that no call is made and
 * nothing is sampled. Source: AWS, "Specification: Embedded metric format". Alarms and dashboard take the names from
 * here, so that none of them watches a metric that nobody sends.
 */
export const METRIC_NAMESPACE = 'CaptureRelay';

export interface FileCounts {
  readonly done: number;
  readonly inFlight: number;
  readonly gone: number;
  readonly superseded: number;
}

/** One value of each for every work. */
const WORK_METRICS = {
  CapturedInferences: ({ captured }) => captured,
  DeliveredInferences: ({ delivered }) => delivered,
  AcceptedInferences: ({ accepted }) => accepted,
  QuarantinedInferences: ({ quarantined }) => quarantined,
  SkippedInferences: ({ skipped }) => skipped,
  InFlightInferences: ({ inFlight }) => inFlight,
  RepeatedInferenceIds: ({ repeatedIds }) => repeatedIds,
  Retries: ({ retries }) => retries,
  FilesDone: (_tally, { done }) => done,
  FilesInFlight: (_tally, { inFlight }) => inFlight,
  FilesGone: (_tally, { gone }) => gone,
  FilesSuperseded: (_tally, { superseded }) => superseded,
} as const satisfies Record<string, (tally: Readonly<TallyCounts>, files: FileCounts) => number>;

/** From runs that found out that a sink takes nothing. */
export const STOPPED_SINK_METRICS = { misconfigured: 'SinkMisconfigured', unavailable: 'SinkUnavailable' } as const;

/** The one metric that has the dimensions of SageMaker's own beside ours, so that the two can be held together. */
export const CAPTURED_EVENTS = 'CapturedEvents';

export type ForwardMetric =
  | keyof typeof WORK_METRICS
  | (typeof STOPPED_SINK_METRICS)[keyof typeof STOPPED_SINK_METRICS]
  | typeof CAPTURED_EVENTS;

export function metricLine(
  model: string,
  sink: string,
  tally: Readonly<TallyCounts>,
  files: FileCounts,
  timestampMs: number,
): string {
  const values = Object.entries(WORK_METRICS).map(([name, of]) => [name, of(tally, files)] as const);
  return emfLine({ Model: model, Sink: sink }, [SINK], Object.fromEntries(values), timestampMs);
}

/** A sink that nothing may be sent to: told by the run that found out, and again by each that tried in vain. */
export function stoppedSinkLine(
  model: string,
  sink: string,
  kind: keyof typeof STOPPED_SINK_METRICS,
  timestampMs: number,
): string {
  return emfLine({ Model: model, Sink: sink }, [SINK], { [STOPPED_SINK_METRICS[kind]]: 1 }, timestampMs);
}

/**
 * Events of one file, at the time when they were captured: SageMaker counts its invocations then, and a backlog that is
 * worked on later must not look like a gap now.
 */
export function capturedEventsLine(model: string, sink: string, key: string, events: number, nowMs: number): string {
  const place = parseCaptureKey(key);
  const timestampMs = place === null ? nowMs : orNow(Date.parse(place.time), nowMs);
  const known = { Model: model, Sink: sink };
  if (place === null || !isName(place.endpoint) || !isName(place.variant))
    return emfLine(known, [SINK], { [CAPTURED_EVENTS]: events }, timestampMs);
  const dimensions = { ...known, EndpointName: place.endpoint, VariantName: place.variant };
  return emfLine(dimensions, [SINK, SINK_AND_VARIANT], { [CAPTURED_EVENTS]: events }, timestampMs);
}

const SINK = ['Model', 'Sink'] as const;
const SINK_AND_VARIANT = [...SINK, 'EndpointName', 'VariantName'] as const;
type Dimensions = Readonly<Partial<Record<(typeof SINK_AND_VARIANT)[number], string>>>;

// Each other name would be a metric of its own, paid for. Source: SageMaker API, EndpointName and VariantName.
const isName = (text: string): boolean => /^[a-zA-Z0-9](?:-*[a-zA-Z0-9]){0,62}$/.test(text);

/** CloudWatch takes times from two weeks ago to two hours ahead; a day less, for the logs' own delay. */
const MAX_AGE_MS = 13 * 24 * 3_600_000;
const orNow = (timeMs: number, nowMs: number): number =>
  timeMs > nowMs || timeMs < nowMs - MAX_AGE_MS ? nowMs : timeMs;

function emfLine(
  dimensions: Dimensions,
  sets: readonly (readonly (keyof Dimensions)[])[],
  values: Readonly<Record<string, number>>,
  timestampMs: number,
): string {
  const metrics = Object.keys(values).map((Name) => ({ Name, Unit: 'Count' }));
  return JSON.stringify({
    _aws: {
      Timestamp: timestampMs,
      CloudWatchMetrics: [{ Namespace: METRIC_NAMESPACE, Dimensions: sets, Metrics: metrics }],
    },
    ...dimensions,
    ...values,
  });
}
