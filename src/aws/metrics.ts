import type { TallyCounts } from '../core/tally';

/**
 * CloudWatch metrics as embedded metric format: a log line CloudWatch turns into metrics, so that no call is made and
 * nothing is sampled. Source: AWS, "Specification: Embedded metric format".
 */
export interface FileCounts {
  readonly done: number;
  readonly inFlight: number;
  readonly gone: number;
  readonly superseded: number;
}

const NAMESPACE = 'CaptureRelay';

export function metricLine(
  model: string,
  sink: string,
  tally: Readonly<TallyCounts>,
  files: FileCounts,
  timestampMs: number,
): string {
  const values = {
    CapturedInferences: tally.captured,
    DeliveredInferences: tally.delivered,
    AcceptedInferences: tally.accepted,
    QuarantinedInferences: tally.quarantined,
    SkippedInferences: tally.skipped,
    InFlightInferences: tally.inFlight,
    RepeatedInferenceIds: tally.repeatedIds,
    Retries: tally.retries,
    FilesDone: files.done,
    FilesInFlight: files.inFlight,
    FilesGone: files.gone,
    FilesSuperseded: files.superseded,
  };
  return emfLine(model, sink, values, timestampMs);
}

/** A sink that nothing may be sent to: told by the run that found out, and again by each that tried in vain. */
export function stoppedSinkLine(
  model: string,
  sink: string,
  kind: 'unavailable' | 'misconfigured',
  timestampMs: number,
): string {
  const name = kind === 'misconfigured' ? 'SinkMisconfigured' : 'SinkUnavailable';
  return emfLine(model, sink, { [name]: 1 }, timestampMs);
}

function emfLine(model: string, sink: string, values: Readonly<Record<string, number>>, timestampMs: number): string {
  const metrics = Object.keys(values).map((Name) => ({ Name, Unit: 'Count' }));
  return JSON.stringify({
    _aws: {
      Timestamp: timestampMs,
      CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [['Model', 'Sink']], Metrics: metrics }],
    },
    Model: model,
    Sink: sink,
    ...values,
  });
}
