import type { BatchOutcome, DeliverOptions, DeliveryStop } from './deliver';
import type { EncodeRules } from './encode-inference';
import type { ModelRules } from './inference';
import type { LineStart } from './lines';
import type { FileProgress, ProgressTracker } from './progress';
import type { Route } from './route';
import type { BatchTemplate } from './row-template';
import type { SourceFailure } from './source';
import type { TallyCounts } from './tally';
import type { CaptureFile, Rejection, Skip } from './types';

/** What the pipeline is given: one capture file for one sink. */
export interface Work extends EncodeRules {
  readonly file: CaptureFile;
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly rules: ModelRules;
  readonly route: Route;
  readonly template: BatchTemplate | null;
  readonly limits: { readonly maxBatchInferences: number; readonly maxBatchBytes: number };
  readonly delivery: DeliverOptions;
  /** Requests in flight at once. */
  readonly maxInFlight: number;
  readonly onRejection: (rejection: Rejection) => void;
  readonly onSkip: (skip: Skip) => void;
  /** After each batch: what the partner said of it. */
  readonly onBatch?: (outcome: BatchOutcome) => void;
  /** Asked between events; true ends the reading early (time is up). */
  readonly shouldStop: () => boolean;
  /** What earlier runs settled; `bytes` begin at its offset. Default: nothing, the start of the file. */
  readonly start?: FileProgress;
  /** Earlier runs delivered something of this file. */
  readonly hasDelivered?: boolean;
  /** After batches: puts what is settled on record, so that no later run sends it again; a stop when it cannot. */
  readonly record?: (settled: ProgressTracker) => Promise<DeliveryStop | null>;
}

export interface WorkResult {
  /** Of this run alone. */
  readonly tally: TallyCounts;
  /** The whole file was read and everything in it is accounted for. */
  readonly complete: boolean;
  /** Why sending stopped; null when it did not. */
  readonly stop: DeliveryStop | null;
  /** Why reading stopped; null when it did not. */
  readonly source: SourceFailure | null;
  /** Columns the partner's model does not know; they were left out. */
  readonly surplusColumns: readonly string[];
  /** What is settled now, earlier runs included; null for a file that is settled as a whole or not at all. */
  readonly settled: ProgressTracker | null;
  /** Where reading ended. */
  readonly readTo: LineStart;
}
