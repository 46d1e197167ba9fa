import { parseModelConfig } from './config/model-config';
import { readCaptureFile } from './core/capture-file';
import { parseCaptureKey } from './core/capture-key';
import { type ModelRules, toInferences } from './core/inference';
import type { CaptureFile, Inference, Rejection, Skip } from './core/types';

/**
 * capture-relay as a library: the decoder, the sink contract, and the delivery of one file (docs/library.md). What is
 * not exported here may change without notice.
 */
export { systemClock } from './app/clock';
export { deliverFile, type DeliverFile } from './app/deliver-file';
export { commonSinkFields, type CommonSinkSettings } from './config/fields';
export { type ModelConfig, parseModelConfig, type SinkConfig } from './config/model-config';
export type { ColumnPlan, ColumnType } from './core/column-plan';
export type { BatchOutcome, Clock, DeliveryStop, RetryPolicy } from './core/deliver';
export { ConfigError } from './core/errors';
export type { ModelRules } from './core/inference';
export type { WorkResult } from './core/work';
export { type BatchTemplate, type RowTemplate, type Slot, slot } from './core/row-template';
export { SourceFailure } from './core/source';
export type { TallyCounts } from './core/tally';
export {
  type CaptureFile,
  type Columns,
  type DeliveryResult,
  type Inference,
  type InferenceBatch,
  NumberToken,
  type Place,
  type Rejection,
  type Skip,
  type Value,
} from './core/types';
export { fromData, isArray, isObject, toJson } from './core/value';
export { defineSink, type SinkSpec } from './sinks/define-sink';
export type { ConfiguredSink, OpenSink, SinkContext, SinkDefinition, SinkLimits, SinkProblem } from './sinks/sink';

/** One thing found in a capture file, in the order of the file. */
export type Decoded =
  | { readonly kind: 'inference'; readonly inference: Inference }
  /** A line, an event or a row that could not be decoded; its neighbours still come. */
  | { readonly kind: 'rejection'; readonly rejection: Rejection }
  /** One of SageMaker's other files, which hold no inference of an endpoint. */
  | { readonly kind: 'skip'; readonly skip: Skip };

export interface DecodeOptions {
  /** Key or path of the file: endpoint and variant are read from it, and it stands in every place. Default: empty. */
  readonly key?: string;
  /** S3 bucket; default null, a file on disk. */
  readonly bucket?: string | null;
  /** How payloads become inferences: `parseModelConfig(…).rules`. Default: every shape is detected. */
  readonly rules?: ModelRules;
}

/**
 * Decodes the bytes of one capture file, in pieces of any size; memory does not grow with the file.
 * Throws only what the bytes throw; what cannot be decoded is a rejection beside the inferences.
 */
export async function* decode(bytes: AsyncIterable<Uint8Array>, options: DecodeOptions = {}): AsyncGenerator<Decoded> {
  const file: CaptureFile = { bucket: options.bucket ?? null, key: options.key ?? '', versionId: null };
  const rules = options.rules ?? defaultRules();
  const key = parseCaptureKey(file.key);
  for await (const parsed of readCaptureFile(bytes, file, rules.maxLineBytes)) {
    if (parsed.kind === 'rejection' || parsed.kind === 'skip') yield parsed;
    if (parsed.kind !== 'event') continue;
    const { inferences, rejections } = toInferences(parsed.event, key, rules);
    for (const inference of inferences) yield { kind: 'inference', inference };
    for (const rejection of rejections) yield { kind: 'rejection', rejection };
  }
}

// A configuration without a sink is none; a file is the one that connects to nothing.
const defaultRules = (): ModelRules =>
  parseModelConfig({ model: 'decode', sinks: [{ type: 'file', path: '.' }] }).rules;
