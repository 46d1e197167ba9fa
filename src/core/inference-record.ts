import { fileName } from './capture-key';
import { fromData } from './value';
import type { Inference, Rejection, Skip, Value, ValueObject } from './types';

/** One inference, rejection or skip as a record for files and for `inspect --json`; absent values are null. */
export function inferenceRecord(inference: Inference): ValueObject {
  return new Map<string, Value>([
    ['partnerInferenceId', inference.partnerInferenceId],
    ['eventId', inference.eventId],
    ['inferenceId', inference.inferenceId],
    ['index', fromData(inference.index)],
    ['count', fromData(inference.count)],
    ['inferenceTime', inference.inferenceTime],
    ['endpoint', inference.endpoint],
    ['variant', inference.variant],
    ['shadow', inference.shadow],
    ['customAttributes', inference.customAttributes],
    ['inputs', inference.inputs],
    ['outputs', inference.outputs],
    ['file', fileName(inference.place.file)],
    ['line', fromData(inference.place.line)],
  ]);
}

export function rejectionRecord(rejection: Rejection): ValueObject {
  const { stage, code, reason, place, row } = rejection;
  const { line, byteOffset, byteLength } = place;
  return new Map([
    [
      'rejection',
      fromData({
        stage,
        code,
        reason,
        file: fileName(place.file),
        line,
        byteOffset,
        byteLength,
        ...(row === null ? {} : { row }),
      }),
    ],
  ]);
}

export function skipRecord(skip: Skip): ValueObject {
  return new Map([
    [
      'skipped',
      fromData({ kind: skip.kind, reason: skip.reason, file: fileName(skip.place.file), line: skip.place.line }),
    ],
  ]);
}
