import type { SinkConfig } from '../../config/model-config';
import { parseCaptureKey } from '../../core/capture-key';
import { isShadow, type ModelRules } from '../../core/inference';
import { OUTCOMES, type Outcome } from '../../core/progress';
import { route } from '../../core/route';
import type { BatchSpan, LedgerEntry } from '../../ledger/entry';
import { type Refusal, unitsOf } from '../../quarantine/refusal';
import { hasRow, rowsText } from '../../quarantine/rows';
import type { Hit } from './search-file';

/** What the ledger and the quarantine of one sink say of an inference. */
export interface SinkAnswer {
  readonly sink: string;
  readonly state: AnswerState;
  /** In words: a code with its reason, or what is not known. */
  readonly why: string;
  readonly code: string | null;
  /** The requests it may have been in: of each line, which ones took it. */
  readonly batches: readonly BatchSpan[];
}

export type AnswerState =
  | 'delivered'
  | 'accepted'
  | 'quarantined'
  | 'skipped'
  | 'in flight'
  | 'not begun'
  | 'gone'
  | 'superseded'
  /** It was refused, and is in quarantine no more. */
  | 'redriven or purged';

export interface Known {
  readonly sink: SinkConfig;
  readonly entry: LedgerEntry | null;
  /** Of the line, as the quarantine has them. */
  readonly refusals: readonly Refusal[];
  /** Of the rows of the line, as far as the ledger tells them apart; null when it speaks of whole lines only. */
  readonly outcomes: Uint8Array | null;
}

/** Pure. */
export function answerOf(hit: Hit, known: Known, rules: ModelRules): SinkAnswer {
  const { entry, sink } = known;
  const answer = (state: AnswerState, why = '', code: string | null = null): SinkAnswer => ({
    sink: sink.name,
    state,
    why,
    code,
    batches: entry === null ? [] : spansOf(entry, hit.place.line),
  });
  if (entry === null) return answer('not begun', 'the ledger has no entry of this file');
  const refusal = refusalOf(hit, known.refusals);
  if (refusal !== null) return answer('quarantined', refusal.reason, refusal.code);
  const outcome = outcomeOf(hit, entry, known.outcomes);
  if (outcome === 'unsettled') return unsettled(entry, answer);
  const key = parseCaptureKey(entry.key);
  const skip = hit.event === null ? null : route(sink.route, key, isShadow(hit.event, key, rules));
  if (outcome === 'skipped' || skip !== null) return answer('skipped', skip?.reason ?? '');
  if (outcome === 'delivered' || outcome === 'accepted') return answer(outcome, othersRefused(hit, known.refusals));
  if (outcome === 'quarantined') return answer('redriven or purged', 'it was refused, and is in quarantine no more');
  return settled(hit, known, entry, answer);
}

/** The ledger speaks of content that was overwritten since. */
export function ofAnother({ name }: SinkConfig, { content }: LedgerEntry): SinkAnswer {
  const why = `the ledger knows other content of this file (ETag ${content.eTag}), which was there before`;
  return { sink: name, state: 'not begun', why, code: null, batches: [] };
}

type Answer = (state: AnswerState, why?: string, code?: string | null) => SinkAnswer;

/** The line is done with; which way, the requests that took it must tell. */
function settled(hit: Hit, { refusals }: Known, entry: LedgerEntry, answer: Answer): SinkAnswer {
  const answers = new Set(spansOf(entry, hit.place.line).map((span) => span.answer));
  const isUndecoded = hit.match === null || hit.match.rejections.length > 0;
  const isRefused = answers.size === 1 && answers.has('refused');
  if (isRefused || (answers.size === 0 && isUndecoded))
    return answer('redriven or purged', 'it was refused, and is in quarantine no more');
  const { delivered, accepted } = entry.counts;
  const isAccepted = answers.size === 0 ? delivered > 0 && accepted === delivered : answers.has('accepted');
  const isSure = answers.size === 1 && !answers.has('partial');
  const why = isSure ? '' : 'told by the counts of its batch';
  return answer(isAccepted ? 'accepted' : 'delivered', othersRefused(hit, refusals) || why);
}

function unsettled(entry: LedgerEntry, answer: Answer): SinkAnswer {
  const { state, stop } = entry;
  if (state === 'gone') return answer('gone', 'the file was deleted before this was delivered');
  if (state === 'superseded') return answer('superseded', 'the file was overwritten before this was delivered');
  if (state === 'quarantined') return answer('quarantined', stop?.reason ?? '', stop?.code ?? null);
  return answer('in flight', stop?.reason ?? 'a run is at work, or a message is on its way', stop?.code ?? null);
}

/** Null: settled, and the ledger no longer knows how. */
function outcomeOf(hit: Hit, entry: LedgerEntry, outcomes: Uint8Array | null): Outcome | null {
  if (entry.state === 'done' || hit.place.line < entry.progress.line) return null;
  if (outcomes === null) return 'unsettled';
  const row = hit.match?.row ?? null;
  const asked = row === null ? [...outcomes] : [outcomes[row] ?? 0];
  // Of several rows the one that is least far.
  return OUTCOMES[Math.min(...asked)] ?? 'unsettled';
}

/** What was said of all that is looked for. */
function refusalOf({ match }: Hit, refusals: readonly Refusal[]): Refusal | null {
  const row = match?.row ?? null;
  const found = refusals.find(({ rows }) => rows === null || (row !== null && hasRow(rows, row)));
  if (found !== undefined || row !== null || match === null) return found ?? null;
  const refused = refusals.reduce((sum, refusal) => sum + unitsOf(refusal), 0);
  return refused >= match.count ? (refusals[0] ?? null) : null;
}

/** Of an event whose other rows got through. */
function othersRefused({ match }: Hit, refusals: readonly Refusal[]): string {
  if (match?.row !== null || refusals.length === 0) return '';
  const parts = refusals.slice(0, 5).map(({ rows, code }) => `${rowsText(rows ?? [])} (${code})`);
  return `but in quarantine: rows ${parts.join(', ')}`;
}

const spansOf = ({ batches }: LedgerEntry, line: number): BatchSpan[] =>
  batches.filter(({ fromLine, toLine }) => fromLine <= line && line <= toLine);
