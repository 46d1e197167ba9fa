/**
 * The nouns of capture-relay, in the order data passes through them:
 * capture file, line, capture event, inference, batch, delivery result; and beside them rejection and skip.
 * Start reading here, then go to `pipeline.ts`.
 */

/**
 * A JSON number as it was written. Monitoring platforms compare what the model saw, so `1.50` must not become `1.5`
 * and a 20-digit id must not be rounded; a JavaScript number cannot promise either.
 */
export class NumberToken {
  constructor(readonly text: string) {}
}

/** A decoded value. Objects are Maps: any name is safe (`__proto__`), and the captured order is kept. */
export type Value = null | boolean | string | NumberToken | readonly Value[] | ValueObject;
export type ValueObject = ReadonlyMap<string, Value>;

/** Where bytes come from: one capture file, that is one `.jsonl` object written by Data Capture. */
export interface CaptureFile {
  /** S3 bucket, or null for a file on disk. */
  readonly bucket: string | null;
  /** S3 object key (decoded), or the path as the user gave it. */
  readonly key: string;
  readonly versionId: string | null;
}

/** A place in a capture file. Unique per line, unlike ids: callers of an endpoint do repeat inference ids. */
export interface Place {
  readonly file: CaptureFile;
  /** Counted from 1. */
  readonly line: number;
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** One LF-ended piece of a capture file. `bytes` is null when the line was longer than the limit and not kept. */
export interface Line {
  readonly number: number;
  readonly byteOffset: number;
  /** Without the line ending. */
  readonly byteLength: number;
  readonly bytes: Buffer | null;
  readonly end: LineEnd;
}

/** Where the next line begins, and the CRC-32 of everything before it. */
export interface LineEnd {
  readonly byteOffset: number;
  readonly crc: number;
}

/** One side of an event: the raw text SageMaker captured, and how it says it encoded it. */
export interface Payload {
  /** `CSV`, `JSON` or `BASE64` in every capture seen; anything else is kept and rejected by name. */
  readonly encoding: string;
  /** The header as observed, parameters included (`text/csv; charset=utf-8`), or null. */
  readonly contentType: string | null;
  readonly data: string;
}

/** One parsed line: one call of InvokeEndpoint. At least one id and one side are present. */
export interface CaptureEvent {
  readonly eventId: string | null;
  readonly inferenceId: string | null;
  /** `YYYY-MM-DDTHH:MM:SSZ`, whole seconds, untouched; or null. */
  readonly inferenceTime: string | null;
  readonly customAttributes: readonly string[];
  readonly invocationSource: string | null;
  readonly input: Payload | null;
  readonly output: Payload | null;
  readonly place: Place;
}

/** Names to values of one side, in captured order. */
export type Columns = ValueObject;

/** One input row paired with its output row. */
export interface Inference {
  /** Deterministic, so that a replay repeats it: see `partner-inference-id.ts`. */
  readonly partnerInferenceId: string;
  readonly eventId: string | null;
  readonly inferenceId: string | null;
  /** Position in the event, from 0, and how many inferences the event holds (refused rows included). */
  readonly index: number;
  readonly count: number;
  readonly inferenceTime: string | null;
  /** From the key; null when the key is not in Data Capture's layout. */
  readonly endpoint: string | null;
  readonly variant: string | null;
  /** The response was never shown to a caller: a shadow variant made it. */
  readonly shadow: boolean;
  readonly customAttributes: readonly string[];
  /** Null when the event holds no such side (capture of one mode only). */
  readonly inputs: Columns | null;
  readonly outputs: Columns | null;
  readonly place: Place;
}

export type RejectionStage = 'line' | 'event' | 'decode' | 'encode' | 'deliver';

/** What could not be decoded or was refused, and where it stands. Never holds payload text. */
export interface Rejection {
  readonly stage: RejectionStage;
  /** One of `docs/errors.md`. */
  readonly code: string;
  /** For people: what is wrong and what would cure it; names columns and counts, never values. */
  readonly reason: string;
  readonly place: Place;
  /** The row of the event, from 0; null when the whole line or event is meant. */
  readonly row: number | null;
  readonly partnerInferenceId: string | null;
}

export type SkipKind =
  | 'test-event'
  | 'batch-manifest'
  | 'batch-transform-output'
  | 'merged-record'
  | 'ground-truth'
  | 'shadow'
  | 'variant';

/** Left out on purpose and said so: no endpoint capture, or not meant for this sink. */
export interface Skip {
  readonly kind: SkipKind;
  readonly reason: string;
  readonly place: Place;
  /** Lines it covers (a manifest may be printed over several) and inferences that are not delivered (at least 1). */
  readonly lines: number;
  readonly inferences: number;
}

/** The inferences of one request to a sink, with their encoded rows when the sink declared a row template. */
export interface InferenceBatch {
  readonly inferences: readonly Inference[];
  /** One JSON text per inference, same order; empty when the sink takes values. */
  readonly rows: readonly string[];
  /** Bytes of the request body these rows make. */
  readonly bodyBytes: number;
  /** 0 at the first attempt. Sinks that may tell their partner of a retry do (Fiddler). */
  readonly attempt: number;
}

/** One inference a partner refused or could not take, by its position in the batch. */
export interface RefusedRow {
  readonly index: number;
  readonly code: string;
  readonly reason: string;
}

/** What became of one request to a sink. Expected outcomes are values; a throw is a bug. */
export type DeliveryResult =
  /** Every inference is stored, as far as this partner can say. */
  | { readonly kind: 'delivered'; readonly ids?: readonly string[] }
  /** Taken over by the partner, which alone can confirm it (a queue, a job). Counted as delivered, and told apart. */
  | { readonly kind: 'accepted'; readonly ids?: readonly string[] }
  /** Read per row: `rejected` will never pass, `retry` (indexes) may; all others are stored. */
  | {
      readonly kind: 'partial';
      readonly rejected: readonly RefusedRow[];
      readonly retry: readonly number[];
      readonly reason: string;
    }
  /** Nothing is known to be stored; the same batch may pass later. `waitMs` is what the partner asked for. */
  | { readonly kind: 'retryable'; readonly reason: string; readonly waitMs: number | null }
  /** The partner will not take so many bytes in one request: halve. */
  | { readonly kind: 'too-large'; readonly reason: string }
  /** The partner refused the request for what is in it. `isolate`: it does not say which row, so look for it. */
  | { readonly kind: 'rejected'; readonly code: string; readonly reason: string; readonly isolate: boolean }
  /** Token, address or model is wrong: no inference is to blame, none may be thrown away. */
  | { readonly kind: 'misconfigured'; readonly code: string; readonly reason: string };
