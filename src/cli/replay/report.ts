import { fileName } from '../../core/capture-key';
import type { Chosen } from '../../replay/choose-files';
import type { SinkProgress } from '../../replay/sink-progress';
import { bold, dim, plural, red, short, table, yellow } from '../look';

/** The end of a replay, for people: the equation of every sink, what is worth knowing, and how to go on. */
export interface ReplayEnd {
  readonly progress: readonly SinkProgress[];
  readonly chosen: Chosen;
  readonly passedOver: readonly string[];
  readonly isDryRun: boolean;
  readonly isInterrupted: boolean;
  readonly maxPerSecond: number | null;
}

const number = (value: number): string => value.toLocaleString('en-US');

export function printReport(end: ReplayEnd): void {
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  print(bold(headLine(end)));
  print(resultTable(end));
  for (const line of [...choiceNotes(end), ...sinkNotes(end.progress)]) print(line);
}

function headLine({ chosen, isDryRun, isInterrupted }: ReplayEnd): string {
  const files = plural(chosen.files.length, 'file');
  if (isInterrupted) return `stopped; ${files} were to be replayed`;
  return isDryRun ? `dry run over ${files}; nothing was sent` : `${files} to replay`;
}

function resultTable({ progress, isDryRun, maxPerSecond }: ReplayEnd): string {
  const delivered = isDryRun ? '= to deliver' : '= delivered';
  const rows = progress.map((each) => [
    each.sink,
    `${number(each.files.done)}/${number(each.files.chosen)}`,
    ...[each.tally.captured, each.tally.delivered, each.tally.quarantined, each.tally.skipped, each.tally.inFlight].map(
      number,
    ),
    number(each.requests.count),
    ...(isDryRun
      ? [
          each.requests.bytes === 0 ? '' : number(each.requests.bytes),
          ...(maxPerSecond === null ? [] : [seconds(each.tally.delivered / maxPerSecond)]),
        ]
      : [number(each.tally.retries), number(each.partnerIds)]),
  ]);
  const last = isDryRun ? ['bytes', ...(maxPerSecond === null ? [] : ['seconds'])] : ['retries', 'partner ids'];
  return table(
    ['sink', 'files', 'captured', delivered, '+ quarantined', '+ skipped', '+ in flight', 'requests', ...last],
    rows,
    1,
  );
}

const seconds = (value: number): string => number(Math.ceil(value));

function choiceNotes({ chosen, passedOver }: ReplayEnd): string[] {
  const { before, elsewhere, outsideWindow } = chosen.leftOut;
  const notes: [number, string][] = [
    [before, 'up to --after'],
    [elsewhere, 'of other endpoints or variants'],
    [outsideWindow, 'outside the window'],
    [passedOver.length, `passed over by name, such as ${short(passedOver[0] ?? '', 200)}`],
  ];
  return notes.flatMap(([count, what]) => (count === 0 ? [] : [dim(`not read: ${plural(count, 'file')} ${what}`)]));
}

/** Sinks that share a note share its line. */
function sinkNotes(progress: readonly SinkProgress[]): string[] {
  const sinksByNote = new Map<string, string[]>();
  for (const each of progress)
    for (const note of notesOf(each)) sinksByNote.set(note, [...(sinksByNote.get(note) ?? []), each.sink]);
  return [...sinksByNote].map(([note, sinks]) => `${sinks.join(', ')}: ${note}`);
}

function notesOf({ files, tally, skips, surplusColumns, stop, linesOutside, timelessEvents }: SinkProgress): string[] {
  const notes = [...skips.values()].map((skip) => dim(`skipped ${number(skip.inferences)}: ${skip.reason}`));
  if (linesOutside > 0) notes.push(dim(`left out ${plural(linesOutside, 'line')} outside the window`));
  if (timelessEvents > 0)
    notes.push(yellow(`${plural(timelessEvents, 'event')} taken although neither event nor key tells a time`));
  if (tally.accepted > 0)
    notes.push(dim(`${number(tally.accepted)} of the delivered are taken over, for the partner to confirm`));
  if (tally.repeatedIds > 0)
    notes.push(yellow(`${plural(tally.repeatedIds, 'inference id')} came again; identity: eventId tells them apart`));
  if (surplusColumns.size > 0)
    notes.push(
      yellow(`columns the partner's model does not know were left out: ${[...surplusColumns].slice(0, 20).join(', ')}`),
    );
  if (files.before > 0) notes.push(dim(`${plural(files.before, 'file')} delivered before, as the ledger says`));
  if (files.left > 0) notes.push(red(`${plural(files.left, 'file')} left alone, for what is said above`));
  if (files.unread > 0) notes.push(red(`${plural(files.unread, 'file')} could not be read`));
  if (stop !== null) notes.push(red(`takes nothing now (${stop.code}): ${stop.reason}`));
  return notes;
}

/** How far each sink is that did not get through, and the options with which they go on. */
export function goOnLines({ progress, isDryRun }: ReplayEnd): string[] {
  const unfinished = progress.filter(({ files }) => files.done + files.unread < files.chosen);
  if (isDryRun || unfinished.length === 0) return [];
  const sinksByOptions = new Map<string, string[]>();
  for (const { sink, lastFile } of unfinished) {
    const after = lastFile === null ? '' : `--after ${shellWord(fileName(lastFile.file))}`;
    sinksByOptions.set(after, [...(sinksByOptions.get(after) ?? []), sink]);
  }
  const calls = [...sinksByOptions].map(([after, sinks]) => {
    const only = sinks.length === progress.length ? [] : sinks.map((sink) => `--sink ${sink}`);
    const options = [...only, after].filter((option) => option !== '').join(' ');
    return `to go on, run the same command${options === '' ? '' : ` with ${options}`}`;
  });
  return [...unfinished.map(howFar), ...calls];
}

function howFar({ sink, files, openFile }: SinkProgress): string {
  const open =
    openFile === null
      ? ''
      : `; ${fileName(openFile.file)} was begun, and what of it arrived comes again under the same ids`;
  return `${sink}: ${number(files.done + files.unread)} of ${plural(files.chosen, 'file')} done${open}`;
}

const shellWord = (text: string): string =>
  /^[A-Za-z0-9_./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
