import { readCaptureFile } from '../../core/capture-file';
import { parseCaptureKey } from '../../core/capture-key';
import { messageOf } from '../../core/errors';
import { type ModelRules, toInferences } from '../../core/inference';
import type { Inference, Rejection, Skip } from '../../core/types';
import type { CaptureInput } from '../capture-paths';

/** Every item of several capture files, one after another. A file that cannot be read is one item, and the rest goes on. */
export type InspectItem =
  | { readonly kind: 'inference'; readonly inference: Inference }
  | { readonly kind: 'rejection'; readonly rejection: Rejection }
  | { readonly kind: 'skip'; readonly skip: Skip }
  | { readonly kind: 'event'; readonly nulled: number };

export async function* decodeInputs(inputs: readonly CaptureInput[], rules: ModelRules): AsyncGenerator<InspectItem> {
  for (const input of inputs) {
    const key = parseCaptureKey(input.file.key);
    try {
      for await (const parsed of readCaptureFile(input.bytes(), input.file, rules.maxLineBytes)) {
        if (parsed.kind === 'rejection' || parsed.kind === 'skip') yield parsed;
        if (parsed.kind !== 'event') continue;
        const decoded = toInferences(parsed.event, key, rules);
        yield { kind: 'event', nulled: decoded.nulled };
        for (const inference of decoded.inferences) yield { kind: 'inference', inference };
        for (const rejection of decoded.rejections) yield { kind: 'rejection', rejection };
      }
    } catch (error) {
      const place = { file: input.file, line: 0, byteOffset: 0, byteLength: input.byteLength ?? 0 };
      yield {
        kind: 'rejection',
        rejection: {
          stage: 'line',
          code: 'FILE_UNREADABLE',
          reason: `the file cannot be read: ${messageOf(error)}`,
          place,
          row: null,
          partnerInferenceId: null,
        },
      };
    }
  }
}
