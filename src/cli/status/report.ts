import { UnreadableState } from '../../store/unreadable-state';
import { NO_HOUR } from '../../sweep/hours';
import type { KnownStart } from '../../sweep/start-marker';
import { bold, dim, plural, red, short, table, yellow } from '../look';
import { durationText } from './duration-text';
import { imbalanceOf, type SinkStatus, type Total } from './gather';
import type { HourAccount } from './hour-account';

/** The status for people: a table for each sink, then in words what is wanting and why files wait. */
const HEAD = [
  'hour (UTC)',
  'captured',
  '= delivered',
  'accepted',
  '+ quarant.',
  '+ purged',
  '+ skipped',
  'files seen',
  '= done',
  '+ in flight',
  '+ gone',
  '+ supers.',
  'missing',
];

/** Names that are printed; `--json` has more. */
const MAX_KEYS = 5;

const number = (value: number): string => value.toLocaleString('en-US');

export function statusReport(model: string, sinks: readonly SinkStatus[], nowMs: number): string {
  return sinks.map((status) => `${sinkReport(model, status, nowMs)}\n`).join('\n');
}

function sinkReport(model: string, status: SinkStatus, nowMs: number): string {
  const title = bold(`${model} → ${status.sink}`);
  const { hours, total } = status;
  if (hours.length === 0) return [title, dim('nothing in these hours'), ...words(status, nowMs)].join('\n');
  const rows = hours.map((each) => row(hourText(each.hour), each, each.missing.count));
  return [title, table(HEAD, [...rows, row('total', total, total.missing).map(bold)], 1), ...words(status, nowMs)].join(
    '\n',
  );
}

function row(name: string, { counts, files }: Pick<HourAccount, 'counts' | 'files'>, missing: number | null): string[] {
  const { captured, delivered, accepted, quarantined, purged, skipped } = counts;
  const { seen, done, inFlight, gone, superseded } = files;
  const numbers = [captured, delivered, accepted, quarantined, purged, skipped, seen, done, inFlight, gone, superseded];
  return [name, ...numbers.map(number), missing === null ? '?' : number(missing)];
}

const hourText = (hour: string): string =>
  hour === NO_HOUR ? 'outside hours' : `${hour.slice(0, 10)} ${hour.slice(11)}h`;

function words({ hours, total, start, beforeStart }: SinkStatus, nowMs: number): string[] {
  const lines: string[] = [];
  const imbalance = imbalanceOf(total.counts);
  if (imbalance !== null) lines.push(red(`the equation does not add up: ${imbalance}`));
  lines.push(...missingWords(hours, total));
  const gone = hours.flatMap((each) => each.gone);
  if (total.files.gone > 0)
    lines.push(
      red(`gone: ${plural(total.files.gone, 'file')}, deleted before delivery${names(gone, total.files.gone)}`),
    );
  const unreadable = hours.flatMap((each) => each.unreadable);
  if (total.unreadable > 0) {
    const what = `ledger entries that cannot be read: ${total.unreadable}; they are in no sum`;
    lines.push(red(`${what}${names(unreadable, total.unreadable)}`));
  }
  for (const { code, reason, files, sinceMs } of total.waiting) {
    const why = code === null ? 'at work, or on the way' : `${code}: ${short(reason, 300)}`;
    lines.push(yellow(`in flight: ${plural(files, 'file')}, up to ${durationText(nowMs - sinceMs)}: ${why}`));
  }
  if (total.onTheWay > 0)
    lines.push(dim(`on the way: ${plural(total.onTheWay, 'file')}, young enough for the notification to come`));
  lines.push(startWords(start));
  if (beforeStart > 0)
    lines.push(
      dim(
        `from before the start: ${plural(beforeStart, 'capture')} that the ledger does not have; replay is for those`,
      ),
    );
  return lines;
}

function startWords(start: KnownStart): string {
  if (start === null) return dim('nothing ran for this sink with this state yet, so nothing counts as missing');
  if (start instanceof UnreadableState)
    return red(`since when captures count is not known, so all of them count as missing: ${start.message}`);
  return dim(`started ${hourText(start.sinceHour)}; captures of earlier hours do not count as missing`);
}

function missingWords(hours: readonly HourAccount[], { missing }: Total): string[] {
  const unknown = hours.filter((each) => each.missing.count === null).length;
  const lines =
    unknown > 0
      ? [dim(`in ${plural(unknown, 'hour')} nobody has looked for missing files yet; --captures does it now`)]
      : [];
  if (missing === null || missing === 0) return lines;
  const times = hours.flatMap((each) => ((each.missing.count ?? 0) > 0 ? (each.missing.asOfMs ?? []) : []));
  const asOf = times.length === 0 ? '' : ` (as the sweep saw it at ${timeText(Math.min(...times))})`;
  const keys = hours.flatMap((each) => each.missing.keys);
  return [red(`missing: ${plural(missing, 'file')} that no run has begun${asOf}${names(keys, missing)}`), ...lines];
}

const timeText = (timeMs: number): string => `${new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ')}Z`;

function names(keys: readonly string[], count: number): string {
  if (keys.length === 0) return '';
  const shown = keys.slice(0, MAX_KEYS).map((key) => `\n  ${short(key, 500)}`);
  return `:${shown.join('')}${count > shown.length ? `\n  and ${number(count - shown.length)} more` : ''}`;
}
