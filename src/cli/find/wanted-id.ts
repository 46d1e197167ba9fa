import { parseCaptureKey } from '../../core/capture-key';
import { type ModelRules, toInferences } from '../../core/inference';
import type { CaptureEvent, Rejection } from '../../core/types';

/**
 * What a person looks for: an event id, a caller's inference id, or a partner's: one of these two, with `_{row}` behind
 * it when the event holds several inferences.
 */
export interface WantedId {
  readonly id: string;
  /** Without `_{row}`; null when it does not end so. */
  readonly base: string | null;
  readonly row: number | null;
  /** Stands in every line that holds the id, however its JSON is written; empty when no part of the id is so plain. */
  readonly needle: Buffer;
}

export function wantedId(id: string): WantedId {
  const [, base = null, row] = /^(.+)_(\d{1,7})$/s.exec(id) ?? [];
  const stem = base ?? id;
  // JSON may write any character in several ways, and writers do so: Gson `<`, `>`, `&`, `=` and `'`; Go's the first
  // three; .NET's also `+` and backticks; those that guard scripts brackets. What an id is mostly made of none does.
  const plain = stem.split(/[^A-Za-z0-9 _.:-]+/);
  const longest = plain.reduce((a, b) => (b.length > a.length ? b : a), '');
  const quoted = base === null ? `"${id}"` : `"${stem}`;
  return {
    id,
    base,
    row: row === undefined ? null : Number(row),
    needle: Buffer.from(longest === stem ? quoted : longest),
  };
}

/** An event that the id names, or one row of it. */
export interface Match {
  /** Null: all rows of the event, or one that could not be decoded. */
  readonly row: number | null;
  /** Inferences of the event; 1 when they could not be counted. */
  readonly count: number;
  readonly partnerInferenceId: string | null;
  /** SageMaker makes event ids unique; callers repeat inference ids. */
  readonly isByEventId: boolean;
  /** Why rows were not decoded, under the configuration as it is now. */
  readonly rejections: readonly Rejection[];
}

/** Null when the id does not name this event, nor a row of it. */
export function matchOf(event: CaptureEvent, { id, base, row }: WantedId, rules: ModelRules): Match | null {
  const names = (text: string | null): boolean =>
    text !== null && (text === event.eventId || text === event.inferenceId);
  const isWhole = names(id);
  if (!isWhole && !names(base)) return null;
  const { inferences, rejections, count } = toInferences(event, parseCaptureKey(event.place.file.key), rules);
  const isOneRow = !isWhole && row !== null;
  // A single inference has no number behind its id; an event that could not be decoded may have had many.
  const isUncounted = rejections.some((each) => each.row === null);
  if (isOneRow && !isUncounted && (count === 1 || row >= count)) return null;
  const at = isUncounted ? null : isOneRow ? row : count === 1 ? 0 : null;
  const known = inferences.find(({ index }) => index === at)?.partnerInferenceId;
  return {
    row: at,
    count,
    partnerInferenceId: known ?? rejections.find((each) => each.row === at)?.partnerInferenceId ?? null,
    isByEventId: isWhole ? id === event.eventId : base === event.eventId,
    rejections: at === null ? rejections : rejections.filter((each) => each.row === at),
  };
}
