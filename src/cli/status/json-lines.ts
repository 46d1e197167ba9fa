import { UnreadableState } from '../../store/unreadable-state';
import { imbalanceOf, isWanting, type SinkStatus } from './gather';
import type { HourAccount } from './hour-account';

/** The status for programs: a line for each hour of a sink, then one for the sink. */
export function* statusLines(model: string, sinks: readonly SinkStatus[]): Generator<string> {
  for (const status of sinks) {
    for (const account of status.hours) yield `${JSON.stringify({ hour: hourObject(model, account) })}\n`;
    yield `${JSON.stringify({ status: statusObject(model, status) })}\n`;
  }
}

const hourObject = (
  model: string,
  { sink, hour, counts, files, missing, onTheWay, gone, waiting, unreadable }: HourAccount,
): object => ({
  model,
  sink,
  hour,
  ...counts,
  files: { ...files, missing: missing.count, onTheWay },
  missingFiles: missing.keys,
  missingAsOf: timeOf(missing.asOfMs),
  goneFiles: gone,
  waiting: waiting.map(({ sinceMs, ...rest }) => ({ ...rest, since: timeOf(sinceMs) })),
  unreadable: unreadable.length,
  unreadableEntries: unreadable,
});

function statusObject(model: string, status: SinkStatus): object {
  const { sink, start, total, beforeStart, hours } = status;
  return {
    model,
    sink,
    start: start === null || start instanceof UnreadableState ? null : start.sinceHour,
    unreadableStart: start instanceof UnreadableState ? start.key : null,
    hours: hours.length,
    ...total.counts,
    files: { ...total.files, missing: total.missing, onTheWay: total.onTheWay },
    waiting: total.waiting.map(({ sinceMs, ...rest }) => ({ ...rest, since: timeOf(sinceMs) })),
    unreadable: total.unreadable,
    beforeStart,
    imbalance: imbalanceOf(total.counts),
    wanting: isWanting(status),
  };
}

const timeOf = (timeMs: number | null): string | null => (timeMs === null ? null : new Date(timeMs).toISOString());
