import { LEFT, type LeftReason, type SinkRedrive, sumOf } from '../../replay/sink-redrive';
import { bold, dim, plural, red, table, yellow } from '../look';

/** The end of a redrive, for people and for programs. Codes and numbers only: no payload, no ids. */
export interface RedriveEnd {
  readonly progress: readonly SinkRedrive[];
  readonly isDryRun: boolean;
  readonly isInterrupted: boolean;
}

const number = (value: number): string => value.toLocaleString('en-US');

export function redriveReport({ progress, isDryRun, isInterrupted }: RedriveEnd): string {
  const head = isDryRun ? 'dry run; nothing was sent' : isInterrupted ? 'stopped' : 'redriven';
  const lines = [bold(head), resultTable(progress, isDryRun), ...progress.flatMap(notesOf)];
  return `${lines.join('\n')}\n`;
}

function resultTable(progress: readonly SinkRedrive[], isDryRun: boolean): string {
  if (isDryRun) {
    const rows = progress.flatMap(({ sink, found }) => [...found].map(([code, count]) => [sink, code, number(count)]));
    return rows.length === 0 ? dim('nothing in quarantine') : table(['sink', 'code', 'in quarantine'], rows, 2);
  }
  const rows = progress.map((each) => [
    each.sink,
    ...[each.files, sumOf(each.found), each.redriven, each.skipped, each.refusedAgain, sumOf(each.left)].map(number),
    number(each.requests.count),
  ]);
  const head = ['sink', 'files', 'in quarantine', 'redriven', 'skipped', 'refused again', 'left', 'requests'];
  return table(head, rows, 1);
}

function notesOf({ sink, left, unreadable, filesReopened, stop }: SinkRedrive): string[] {
  const notes = [...left].map(([reason, count]) => yellow(`left ${plural(count, 'inference')} ${LEFT[reason]}`));
  notes.push(...[...unreadable].map((key) => red(`left an object of the state that cannot be read: ${key}`)));
  if (filesReopened > 0) notes.push(dim(`${plural(filesReopened, 'file')} given up whole ${goesOn(filesReopened)}`));
  if (stop !== null) notes.push(red(`takes nothing now${stop.code === null ? '' : ` (${stop.code})`}: ${stop.reason}`));
  return notes.map((note) => `${sink}: ${note}`);
}

const goesOn = (files: number): string =>
  `${files === 1 ? 'is' : 'are'} in flight again: the next sweep or replay brings what is left of ${files === 1 ? 'it' : 'them'}`;

export function redriveLine({ progress, isDryRun, isInterrupted }: RedriveEnd): string {
  const sinks = progress.map(
    ({ sink, files, found, redriven, skipped, refusedAgain, left, unreadable, filesReopened, ...rest }) => ({
      sink,
      files,
      found: Object.fromEntries(found),
      redriven,
      skipped,
      refusedAgain,
      left: Object.fromEntries(left) as Partial<Record<LeftReason, number>>,
      unreadable: [...unreadable],
      filesReopened,
      requests: rest.requests.count,
      stop: rest.stop,
    }),
  );
  return `${JSON.stringify({ redrive: { dryRun: isDryRun, interrupted: isInterrupted, sinks } })}\n`;
}
