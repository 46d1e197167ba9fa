import { METRIC_NAMESPACE } from '../aws/metrics';
import type { OpenHour } from './cursor';

/** What a sweep found, as CloudWatch metrics in embedded metric format, beside those of the forwarder. */
export const SWEEP_METRICS = {
  MissingFiles: 'Count',
  OldestMissingFileAgeSeconds: 'Seconds',
  OldestInFlightFileAgeSeconds: 'Seconds',
  RequeuedFiles: 'Count',
  SweepHours: 'Count',
} as const;

export type SweepMetric = keyof typeof SWEEP_METRICS;

export interface SweepFound {
  readonly model: string;
  readonly sink: string;
  /** All that are not closed, as they were last looked at. */
  readonly hours: readonly OpenHour[];
  readonly requeued: number;
  /** Hours this run looked at. */
  readonly looked: number;
  readonly nowMs: number;
}

/** One line for each sink, on a line of its own. */
export function sweepMetricLine({ model, sink, hours, requeued, looked, nowMs }: SweepFound): string {
  const values: Record<SweepMetric, number> = {
    MissingFiles: hours.reduce((sum, { missing }) => sum + missing, 0),
    OldestMissingFileAgeSeconds: ageSeconds(
      hours.map(({ oldestMissingMs }) => oldestMissingMs),
      nowMs,
    ),
    OldestInFlightFileAgeSeconds: ageSeconds(
      hours.map(({ oldestInFlightMs }) => oldestInFlightMs),
      nowMs,
    ),
    RequeuedFiles: requeued,
    SweepHours: looked,
  };
  const Metrics = Object.entries(SWEEP_METRICS).map(([Name, Unit]) => ({ Name, Unit }));
  return JSON.stringify({
    _aws: {
      Timestamp: Math.round(nowMs),
      CloudWatchMetrics: [{ Namespace: METRIC_NAMESPACE, Dimensions: [['Model', 'Sink']], Metrics }],
    },
    Model: model,
    Sink: sink,
    ...values,
  });
}

/** 0 when there is none. */
function ageSeconds(times: readonly (number | null)[], nowMs: number): number {
  const known = times.filter((time) => time !== null);
  const oldest = known.reduce((a, b) => Math.min(a, b), nowMs);
  return Math.round((nowMs - oldest) / 1_000);
}
