import { fileName } from '../../core/capture-key';
import type { BatchSpan } from '../../ledger/entry';
import { bold, dim, green, red, short, table, yellow } from '../look';
import type { Hit } from './search-file';
import type { AnswerState, SinkAnswer } from './sink-answer';

/** A hit for people: where it stands, and what became of it at each sink. */
export function hitReport(hit: Hit, answers: readonly SinkAnswer[]): string {
  const rows = answers.map(({ sink, state, batches, why, code }) => [
    sink,
    COLOURS[state](state),
    batchesText(batches),
    answersText(batches),
    whenText(batches),
    short([code, why].filter((part) => part !== null && part !== '').join(': '), 120),
  ]);
  return [
    bold(`${fileName(hit.place.file)}, line ${hit.place.line}${rowText(hit)}`),
    ...eventLines(hit),
    table(['sink', 'state', 'batch', 'answer', 'when (UTC)', 'why'], rows),
  ].join('\n');
}

const COLOURS: Readonly<Record<AnswerState, (text: string) => string>> = {
  delivered: green,
  accepted: green,
  skipped: dim,
  quarantined: red,
  gone: red,
  superseded: yellow,
  'in flight': yellow,
  'not begun': yellow,
  'redriven or purged': yellow,
};

function rowText({ match }: Hit): string {
  if (match === null) return '';
  if (match.row === null) return match.count === 1 ? '' : `, all ${match.count} rows`;
  return match.count === 1 ? '' : `, row ${match.row} of ${match.count}`;
}

function eventLines({ event, match, rejection }: Hit): string[] {
  if (event === null)
    return [red(`the line is no event: ${rejection?.code ?? ''}: ${short(rejection?.reason ?? '', 300)}`)];
  const parts = [
    match?.partnerInferenceId == null ? null : `partner inference id ${short(match.partnerInferenceId, 300)}`,
    event.eventId === null ? null : `event id ${short(event.eventId, 300)}`,
    event.inferenceId === null ? null : `inference id ${short(event.inferenceId, 300)}`,
    event.inferenceTime,
  ];
  const refused = (match?.rejections ?? [])
    .slice(0, 3)
    .map(({ row, code, reason }) =>
      red(`${row === null ? 'the event' : `row ${row}`} cannot be decoded: ${code}: ${short(reason, 300)}`),
    );
  return [parts.filter((part) => part !== null).join(', '), ...refused];
}

/** `3`, `3 to 9`: of the file, from 1. Spans that were joined hold several. */
export function batchesText(batches: readonly BatchSpan[]): string {
  return batches
    .slice(0, MAX_SPANS)
    .map(({ first, count }) => (count === 1 ? `${first}` : `${first} to ${first + count - 1}`))
    .join(', ');
}

const answersText = (batches: readonly BatchSpan[]): string =>
  [...new Set(batches.map(({ answer }) => answer))].join(', ');

function whenText(batches: readonly BatchSpan[]): string {
  const last = batches.at(-1);
  return last === undefined ? '' : new Date(last.atMs).toISOString().slice(0, 19).replace('T', ' ');
}

/** An event of very many rows fills many requests. */
const MAX_SPANS = 5;
