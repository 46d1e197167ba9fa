import type { Log } from '../aws/log';
import type { Created } from '../aws/notifications';
import type { WorkQueue } from '../aws/work-queue';
import type { ModelConfig } from '../config/model-config';
import type { Clock, RetryPolicy } from '../core/deliver';
import type { OpenSinks } from './open-sinks';
import type { RelayState } from './relay-state';

/** What one invocation works with: the world as a door gives it. */
export interface ForwardContext {
  readonly config: ModelConfig;
  readonly sinks: OpenSinks;
  readonly read: (created: Created, signal: AbortSignal, fromByte: number) => AsyncIterable<Uint8Array>;
  /** Null when they cannot be read any more. */
  readonly readRange: (created: Created, byteOffset: number, byteLength: number) => Promise<Buffer | null>;
  readonly clock: Clock;
  /** No further line is read from then on, on the clock's scale; requests may end until its deadline. */
  readonly readUntilMs: number;
  /** When the process may be ended. */
  readonly endMs: number;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Prints a metric line; it must stand alone on its line. */
  readonly emit: (line: string) => void;
  readonly retry?: RetryPolicy;
  /** ARN of a queue → the one sink it feeds. A message of any other source goes to every sink. */
  readonly sinkByQueue: ReadonlyMap<string, string>;
  /** Null: no ledger, every file is delivered anew each time it comes. */
  readonly state: RelayState | null;
  /** Null: what has to come again comes by its old message. */
  readonly queue: WorkQueue | null;
}
