import { KEPT, type SinkPurge } from '../../quarantine/purge';
import { bold, plural, red, table, yellow } from '../look';

/** The end of a purge, for people and for programs. */
export interface PurgeEnd {
  readonly progress: readonly SinkPurge[];
  readonly isDryRun: boolean;
  readonly isInterrupted: boolean;
}

const number = (value: number): string => value.toLocaleString('en-US');

export function purgeReport({ progress, isDryRun, isInterrupted }: PurgeEnd): string {
  const head = isDryRun ? 'dry run; nothing was thrown away' : isInterrupted ? 'stopped' : 'purged';
  const rows = progress.map(({ sink, files, objects, purged, kept }) => [
    sink,
    ...[files, objects, purged, sum(kept)].map(number),
  ]);
  const columns = ['sink', 'files', 'objects', isDryRun ? 'to purge' : 'purged', 'kept'];
  return `${[bold(head), table(columns, rows, 1), ...progress.flatMap(notesOf)].join('\n')}\n`;
}

function notesOf({ sink, kept, unreadable, stop }: SinkPurge): string[] {
  const notes = [...kept].map(([reason, count]) => yellow(`kept ${plural(count, 'inference')} ${KEPT[reason]}`));
  notes.push(...[...unreadable].map((key) => red(`kept an object of the state that cannot be read: ${key}`)));
  if (stop !== null) notes.push(red(`stopped (${stop.code}): ${stop.reason}`));
  return notes.map((note) => `${sink}: ${note}`);
}

export function purgeLine({ progress, isDryRun, isInterrupted }: PurgeEnd): string {
  const sinks = progress.map(({ kept, unreadable, ...rest }) => ({
    ...rest,
    kept: Object.fromEntries(kept),
    unreadable: [...unreadable],
  }));
  return `${JSON.stringify({ purge: { dryRun: isDryRun, interrupted: isInterrupted, sinks } })}\n`;
}

const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((all, each) => all + each, 0);
