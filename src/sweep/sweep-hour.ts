import type { CaptureFile } from '../core/types';
import type { ListedHours } from './capture-listing';
import type { OpenHour, SweepCursor } from './cursor';
import { filesSince } from './files-since';
import { NO_HOUR } from './hours';
import { type Look, lookAtHour } from './look';
import type { Requeued, Requeuer } from './requeue';
import { isDue } from './requeue-times';
import { SWEEP_LINES, type SweepOptions } from './sweep-options';

/** How the look at one hour, for all sinks, ended. */
export type HourEnd =
  | { readonly kind: 'looked'; readonly sinks: HourSinks; readonly keys: number }
  /** Time or messages were used up while it sent; the next run goes on after that place. */
  | { readonly kind: 'cut'; readonly sinks: HourSinks; readonly keys: number; readonly cut: SweepCursor['cut'] }
  /** Time was used up while it read. */
  | { readonly kind: 'late' };

type HourSinks = Readonly<Record<string, OpenHour>>;

export interface SweepHour {
  readonly options: SweepOptions;
  readonly hour: string;
  readonly listed: ListedHours;
  /** Sink → the hour it started. */
  readonly starts: ReadonlyMap<string, string>;
  /** As it was last looked at. */
  readonly before: Readonly<Record<string, OpenHour>>;
  /** Where an earlier run was cut in this hour. */
  readonly cut: SweepCursor['cut'];
  readonly requeuer: Requeuer;
}

/** Looks at the hour for every sink that had started, and sends for what is wanting and due. */
export async function sweepHour(work: SweepHour): Promise<HourEnd> {
  const { options, hour, starts, requeuer, before, cut } = work;
  const nowMs = options.store.nowMs();
  const startedMs = cut?.startedMs ?? nowMs;
  const files = await work.listed.files(hour);
  const looks = new Map<string, Look>();
  const due: Requeued[] = [];
  let keys = files.length;
  for (const [sink, sinceHour] of starts) {
    if (hour !== NO_HOUR && hour < sinceHour) continue;
    const listed = hour === NO_HOUR ? filesSince(files, sinceHour).since : files;
    const { store, model, isLate } = options;
    const { look, keys: entries } = await lookAtHour({ store, model, sink, hour, listed, nowMs, isLate });
    keys += entries;
    if (look === null) return { kind: 'late' };
    looks.set(sink, look);
    const broken = look.unreadable;
    if (broken.length > 0)
      options.log('error', SWEEP_LINES.unreadable, {
        sink,
        hour,
        entries: broken.length,
        keys: broken.slice(0, MAX_NAMES),
      });
    due.push(...dueFiles(sink, look, lastWanting(before[sink]), startedMs, options));
  }
  const after = await requeuer.sendAll(due, cut?.after ?? '');
  tell(due, hour, options);
  const sinks = [...looks].map(([sink, look]): [string, OpenHour] => {
    const isAllSent = after === null && !requeuer.failures.has(sink);
    return [sink, openHour(look, isAllSent ? startedMs : (before[sink]?.lookedAtMs ?? null))];
  });
  const end = { sinks: Object.fromEntries(sinks), keys };
  return after === null ? { kind: 'looked', ...end } : { kind: 'cut', ...end, cut: { hour, after, startedMs } };
}

/** When something of this hour was last sent for, if anything was. */
const lastWanting = (before: OpenHour | undefined): number | null =>
  before === undefined || before.complete ? null : before.lookedAtMs;

/** `lookedAtMs`: what was due then and was not sent is still due at the next look. */
function openHour({ rollup }: Look, lookedAtMs: number | null): OpenHour {
  const { complete, oldestMissingMs, oldestInFlightMs } = rollup;
  const { missing, inFlight } = rollup.files;
  return { complete, missing, oldestMissingMs, inFlight, oldestInFlightMs, lookedAtMs };
}

function dueFiles(
  sink: string,
  { comparison }: Look,
  lastLookMs: number | null,
  nowMs: number,
  { captures }: SweepOptions,
): Requeued[] {
  if (comparison === null) return [];
  // Other files are replayed from elsewhere, perhaps from a disk: the forwarder could not read them.
  const isOurs = (file: CaptureFile): boolean =>
    captures.some(({ bucket, prefix }) => file.bucket === bucket && file.key.startsWith(prefix));
  return [...comparison.missing, ...comparison.stalled.filter(({ file }) => isOurs(file))]
    .filter(({ dueMs }) => isDue(dueMs, lastLookMs, nowMs))
    .map((wanted) => ({ sink, wanted }));
}

/** Names for whoever looks for a cause. */
const MAX_NAMES = 10;

function tell(due: readonly Requeued[], hour: string, { log, sinks }: SweepOptions): void {
  for (const sink of sinks) {
    const files = due.filter((each) => each.sink === sink);
    if (files.length === 0) continue;
    const missing = files.filter(({ wanted }) => wanted.firstSeenMs === null).length;
    const keys = files.slice(0, MAX_NAMES).map(({ wanted }) => wanted.file.key);
    log('warn', SWEEP_LINES.requeued, { sink, hour, missing, stalled: files.length - missing, keys });
  }
}
