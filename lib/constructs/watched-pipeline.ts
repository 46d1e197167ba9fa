import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

/** The parts of one model's pipeline that alarms and dashboard look at. */
export interface WatchedPipeline {
  /** As in the configuration: letters, digits, `_` and `-`. Names of alarms begin with it, and the dashboard has it. */
  readonly model: string;
  /** All of the model, one at least. */
  readonly sinks: readonly SinkQueues[];
  readonly forward: IFunction;
  readonly sweep: IFunction;
  /** Null when the captures come from elsewhere: then no alarm asks whether all was captured. */
  readonly endpoint: WatchedEndpoint | null;
}

export interface SinkQueues {
  /** As in the configuration: the `Sink` dimension of the metrics. */
  readonly name: string;
  readonly queue: IQueue;
  readonly deadLetterQueue: IQueue;
}

export interface WatchedEndpoint {
  readonly name: string;
  /** Production variants, one at least. */
  readonly variants: readonly string[];
  readonly shadowVariants: readonly string[];
  /** What part of the calls is captured on purpose, 0 to 1. Default: 1, all. 0: no alarm asks. */
  readonly capturedShare?: number;
}
