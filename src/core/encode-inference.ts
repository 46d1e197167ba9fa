import type { CaptureKey } from './capture-key';
import { type BatchTemplate, encodeRow } from './row-template';
import type { Inference } from './types';

/** An inference as one sink takes it: with a time where the sink needs one, as a row where it has a row form. */
export interface EncodeRules {
  readonly template: BatchTemplate | null;
  readonly needsTime: 'no' | 'any' | 'zoned';
  /** Of the request body that holds this row alone. */
  readonly maxInferenceBytes: number;
}

export type EncodedInference =
  | {
      readonly ok: true;
      readonly inference: Inference;
      /** Null for sinks that take values. */
      readonly row: string | null;
      /** The time of the file stands in for a missing one. */
      readonly hasKeyTime: boolean;
    }
  | { readonly ok: false; readonly code: string; readonly reason: string };

export function encodeInference(
  captured: Inference,
  { template, needsTime, maxInferenceBytes }: EncodeRules,
  key: CaptureKey | null,
  bodyBytesOf: (row: string) => number,
): EncodedInference {
  const inference = needsTime === 'no' ? captured : timed(captured, needsTime === 'zoned', key);
  if (inference === null) return { ok: false, code: 'NO_TIME', reason: NO_TIME };
  const hasKeyTime = inference !== captured;
  if (template === null) return { ok: true, inference, row: null, hasKeyTime };
  const encoded = encodeRow(template.row, inference);
  if (!encoded.ok) return encoded;
  const bytes = bodyBytesOf(encoded.json);
  if (bytes <= maxInferenceBytes) return { ok: true, inference, row: encoded.json, hasKeyTime };
  const reason = `alone it makes a request of ${bytes} bytes; the sink takes ${maxInferenceBytes}`;
  return { ok: false, code: 'INFERENCE_TOO_LARGE', reason };
}

const NO_TIME = 'neither the event nor the key tells a time, and this sink cannot store an inference without one';

// A time with a zone, as SageMaker writes it. Partners that need a time refuse one without zone.
const HAS_ZONE = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})$/;

/** Null when the key tells no time either. */
function timed(inference: Inference, mustHaveZone: boolean, key: CaptureKey | null): Inference | null {
  if (inference.inferenceTime !== null && (!mustHaveZone || HAS_ZONE.test(inference.inferenceTime))) return inference;
  return key === null ? null : { ...inference, inferenceTime: key.time };
}
