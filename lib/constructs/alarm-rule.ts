import type { ComparisonOperator, IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';

/** One alarm as data: what is watched, from where on it is too much, and what silence means. */
export interface AlarmRule<Watched> {
  /** One sentence. */
  readonly says: (watched: Watched) => string;
  /** With its period and statistic. */
  readonly metric: (watched: Watched) => IMetric;
  readonly threshold: number;
  readonly comparison: ComparisonOperator;
  /** So many periods in a row. */
  readonly periods: number;
  readonly missing: TreatMissingData;
}
