import type { SideName } from '../../core/decode/reading';
import { guessHeader } from './header-guess';
import { isNumericTable, mediaType, textOf } from './payload-text';
import type { SampleEvent } from './read-sample';
import type { Outcome, ReadingSettings, SideSettings } from './reading-settings';

/** The settings worth trying on a sample: only those that something in the data speaks for. */
export function candidates(events: readonly SampleEvent[], plain: readonly Outcome[]): ReadingSettings[] {
  const failing = new Set(plain.flatMap((outcome) => (outcome.ok ? [] : [outcome.code])));
  const inputs = sideOptions(events, plain, 'input', failing);
  const outputs = sideOptions(events, plain, 'output', failing);
  return (
    inputs
      .flatMap((input) => outputs.map((output) => ({ input, output })))
      // Joined to one row on both sides any two payloads pair up, so that would prove nothing.
      .filter(({ input, output }) => input.rows === undefined || output.rows === undefined)
  );
}

/** What may be set for one side; the first option is to set nothing. */
function sideOptions(
  events: readonly SampleEvent[],
  plain: readonly Outcome[],
  side: SideName,
  failing: ReadonlySet<string>,
): SideSettings[] {
  const header = guessHeader(events, side);
  const mayHaveHeader = header === 'numbers' || (header === 'texts' && failing.has('COUNT_MISMATCH'));
  const isUnclear = failing.has('AMBIGUOUS_SHAPE') || failing.has('COUNT_MISMATCH');
  const headers: SideSettings[] = mayHaveHeader ? [{}, { header: true }] : [{}];
  const formats: SideSettings[] = [{}, ...formatOptions(events, plain, side)];
  const rows: SideSettings[] = isUnclear ? [{}, { rows: 'one' }, { rows: 'many' }] : [{}];
  return headers.flatMap((a) => formats.flatMap((b) => rows.map((c) => ({ ...a, ...b, ...c }))));
}

/** A format where labels say neither CSV nor JSON over texts that plainly are one of them. */
function formatOptions(events: readonly SampleEvent[], plain: readonly Outcome[], side: SideName): SideSettings[] {
  const kinds = new Set(events.map(({ event }, at) => labelOrLook(event[side], plain[at])));
  kinds.delete('none');
  if (kinds.has('looks like csv') && subset(kinds, ['looks like csv', 'csv'])) return [{ format: 'csv' }];
  if (kinds.has('looks like json') && subset(kinds, ['looks like json', 'json'])) return [{ format: 'json' }];
  return [];
}

type Kind = 'none' | 'csv' | 'json' | 'looks like csv' | 'looks like json' | 'other';

function labelOrLook(payload: SampleEvent['event']['input'], plain: Outcome | undefined): Kind {
  if (payload === null) return 'none';
  const type = mediaType(payload);
  if (payload.encoding === 'CSV' || (payload.encoding === 'BASE64' && type === 'text/csv')) return 'csv';
  if (payload.encoding === 'JSON' || type.includes('json')) return 'json';
  const text = textOf(payload);
  if (text === null) return 'other';
  if (isNumericTable(text)) return 'looks like csv';
  // JSON inside BASE64 is found without a setting; a label that nobody knows is what the setting is for.
  return /^\s*[[{]/.test(text) ? (plain?.ok === true ? 'json' : 'looks like json') : 'other';
}

const subset = (kinds: ReadonlySet<Kind>, allowed: readonly Kind[]): boolean =>
  [...kinds].every((kind) => allowed.includes(kind));
