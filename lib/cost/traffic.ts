import { MEMORY_MB } from '../constructs/forwarder';

/** What one model's bill depends on. */
export interface Traffic {
  /** Capture files an hour, all variants together. */
  readonly filesPerHour: number;
  readonly inferencesPerFile: number;
  /** Of one inference in a capture file: request, response and what SageMaker writes around them. */
  readonly bytesPerInference: number;
  readonly sinks: number;
  /** Of the endpoint, shadow variants included. */
  readonly variants: number;
  /** Of a request to a partner, at most. */
  readonly batchInferences: number;
  /** Time of the forwarder for a file and sink; most of it is the partner's answer. */
  readonly secondsPerFile: number;
  readonly memoryMb: number;
  readonly monthsKept: number;
  readonly trigger: 'notification' | 'eventbridge';
}

/**
 * Where no option says otherwise. SageMaker was seen to write about one file a minute of a busy variant; the batch is
 * the limit of the arthur and fiddler sinks; time and bytes are assumptions, to be replaced by one's own.
 */
export const USUAL_TRAFFIC: Traffic = {
  filesPerHour: 60,
  inferencesPerFile: 1_000,
  bytesPerInference: 1_000,
  sinks: 1,
  variants: 1,
  batchInferences: 1_000,
  secondsPerFile: 1,
  memoryMb: MEMORY_MB,
  monthsKept: 12,
  trigger: 'notification',
};
