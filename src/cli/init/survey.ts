import { decodeEvent } from '../../core/decode/pair';
import type { SideName } from '../../core/decode/reading';
import { type ModelRules, toInferences } from '../../core/inference';
import type { Rejection } from '../../core/types';
import { ObservedSide } from './observed-columns';
import type { SampleEvent } from './read-sample';

/** What a sample's events hold when they are read by some rules: inferences, columns, and what is rejected. */
export interface Survey {
  readonly inferences: number;
  /** Inferences of each event that could be read, ascending. */
  readonly counts: readonly number[];
  readonly sides: Readonly<Record<SideName, ObservedSide>>;
  readonly rejections: readonly Rejection[];
}

export function surveyEvents(events: readonly SampleEvent[], rules: ModelRules): Survey {
  const sides = { input: new ObservedSide('input'), output: new ObservedSide('output') };
  const counts: number[] = [];
  const rejections: Rejection[] = [];
  let inferences = 0;
  for (const { event, key } of events) {
    const named = toInferences(event, key, rules);
    inferences += named.inferences.length;
    rejections.push(...named.rejections);
    const decoded = decodeEvent(event, rules);
    if (!decoded.ok) continue;
    counts.push(decoded.pairs.length);
    for (const { input, output } of decoded.pairs) {
      if (input !== null) sides.input.addRow(input);
      if (output !== null) sides.output.addRow(output);
    }
  }
  return { inferences, counts: counts.sort((a, b) => a - b), sides, rejections };
}
