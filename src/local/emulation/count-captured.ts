import { readCaptureFile } from '../../core/capture-file';
import { parseCaptureKey } from '../../core/capture-key';
import { type ModelRules, toInferences } from '../../core/inference';
import type { CaptureFile } from '../../core/types';

/** What a capture file holds, counted without any sink: inferences, and one for each line or event that is none. */
export async function countCaptured(
  bytes: AsyncIterable<Uint8Array>,
  file: CaptureFile,
  rules: ModelRules,
): Promise<number> {
  const key = parseCaptureKey(file.key);
  let captured = 0;
  for await (const parsed of readCaptureFile(bytes, file, rules.maxLineBytes)) {
    if (parsed.kind === 'event') captured += toInferences(parsed.event, key, rules).count;
    else if (parsed.kind === 'skip') captured += parsed.skip.inferences;
    else if (parsed.kind === 'rejection') captured += 1;
  }
  return captured;
}
