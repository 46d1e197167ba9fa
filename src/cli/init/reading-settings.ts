import { decodeEvent, type RowPair } from '../../core/decode/pair';
import type { SideName } from '../../core/decode/reading';
import type { SideConfig } from '../../core/decode/side-config';
import type { ModelRules } from '../../core/inference';
import { toJson } from '../../core/value';
import type { SampleEvent } from './read-sample';

/** Settings of how both sides are read, and what becomes of the sample's events under them. */
export type SideSettings = Partial<Pick<SideConfig, 'format' | 'header' | 'rows'>>;
export type ReadingSettings = Readonly<Record<SideName, SideSettings>>;

export const NO_SETTINGS: ReadingSettings = { input: {}, output: {} };

export function withSettings(rules: ModelRules, settings: ReadingSettings): ModelRules {
  return {
    ...rules,
    input: { ...rules.input, ...settings.input },
    output: { ...rules.output, ...settings.output },
  };
}

/** How many settings a person would have to write. */
export const settingCount = ({ input, output }: ReadingSettings): number =>
  Object.keys(input).length + Object.keys(output).length;

/** `input.rows: one`, for a comment. */
export function settingLines(settings: ReadingSettings): string[] {
  return (['input', 'output'] as const).flatMap((side) =>
    Object.entries(settings[side]).map(([key, value]) => `${side}.${key}: ${String(value)}`),
  );
}

/** An event under some settings: its rows as one text that two equal readings share, or the code it is rejected with. */
export type Outcome =
  | { readonly ok: true; readonly rows: string; readonly count: number }
  | { readonly ok: false; readonly code: string; readonly reason: string };

export function outcomeOf({ event }: SampleEvent, rules: ModelRules): Outcome {
  const decoded = decodeEvent(event, rules);
  if (!decoded.ok) return decoded;
  for (const { input, output } of decoded.pairs) {
    if (input?.kind === 'refused') return { ok: false, code: input.code, reason: input.reason };
    if (output?.kind === 'refused') return { ok: false, code: output.code, reason: output.reason };
    // An empty side joined to one row has no value: that would make an inference of nothing.
    if (isEmptyByRows(input, rules.input) || isEmptyByRows(output, rules.output))
      return { ok: false, code: 'NO_ROWS', reason: 'a side is empty' };
  }
  return { ok: true, rows: decoded.pairs.map(rowText).join('\n'), count: decoded.pairs.length };
}

const isEmptyByRows = (row: RowPair['input'], config: SideConfig): boolean =>
  config.rows !== 'auto' && row?.kind === 'named' && row.values.size === 0;

const rowText = ({ input, output }: RowPair): string => `${sideText(input)} ${sideText(output)}`;

function sideText(row: RowPair['input']): string {
  return row === null || row.kind === 'refused' ? '' : toJson(row.values);
}
