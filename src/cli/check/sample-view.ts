import { decodeEvent } from '../../core/decode/pair';
import type { SideName } from '../../core/decode/reading';
import { type ModelRules, toInferences } from '../../core/inference';
import { readCaptureFile } from '../../core/capture-file';
import { parseCaptureKey } from '../../core/capture-key';
import { messageOf } from '../../core/errors';
import type { CaptureInput } from '../capture-paths';
import { ObservedSide } from '../init/observed-columns';
import { type RejectionGroup, RejectionGroups } from './rejection-groups';

/** What a sample holds when it is read by a configuration; all of it is read, and the memory in use does not grow with it. */
export interface SampleView {
  readonly files: number;
  readonly events: number;
  readonly inferences: number;
  /** Values that became null: NaN, Infinity, no number in a number column. */
  readonly nulled: number;
  /** Lines that are no endpoint capture, by what they are. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly rejections: readonly RejectionGroup[];
  /** Columns before any type is applied. */
  readonly sides: Readonly<Record<SideName, ObservedSide>>;
}

/** Reads every file. One that cannot be read is a rejection, and the rest goes on. */
export async function viewSample(inputs: readonly CaptureInput[], rules: ModelRules): Promise<SampleView> {
  const sides = { input: new ObservedSide('input'), output: new ObservedSide('output') };
  const groups = new RejectionGroups();
  const skipped: Record<string, number> = {};
  const counts = { events: 0, inferences: 0, nulled: 0 };
  for (const input of inputs) {
    const key = parseCaptureKey(input.file.key);
    try {
      for await (const parsed of readCaptureFile(input.bytes(), input.file, rules.maxLineBytes)) {
        if (parsed.kind === 'rejection') groups.add(parsed.rejection);
        if (parsed.kind === 'skip') skipped[parsed.skip.kind] = (skipped[parsed.skip.kind] ?? 0) + parsed.skip.lines;
        if (parsed.kind !== 'event') continue;
        counts.events += 1;
        const { inferences, rejections, nulled } = toInferences(parsed.event, key, rules);
        counts.inferences += inferences.length;
        counts.nulled += nulled;
        for (const rejection of rejections) groups.add(rejection);
        const decoded = decodeEvent(parsed.event, rules);
        for (const pair of decoded.ok ? decoded.pairs : []) {
          if (pair.input !== null) sides.input.addRow(pair.input);
          if (pair.output !== null) sides.output.addRow(pair.output);
        }
      }
    } catch (error) {
      const place = { file: input.file, line: 0, byteOffset: 0, byteLength: input.byteLength ?? 0 };
      const reason = `the file cannot be read: ${messageOf(error)}`;
      groups.add({ stage: 'line', code: 'FILE_UNREADABLE', reason, place, row: null, partnerInferenceId: null });
    }
  }
  return { files: inputs.length, ...counts, skipped, rejections: groups.all(), sides };
}
