import { SourceFailure } from '../core/source';
import { StoreUnavailable } from '../store/state-store';
import { UnreadableState } from '../store/unreadable-state';
import { readCursor } from './cursor';
import { ensureStart } from './start-marker';
import { SWEEP_LINES, type SweepOptions, type SweepResult } from './sweep-options';
import { SweepRun } from './sweep-run';

/**
 * What must not depend on luck. A notification can be lost: the rule was not active yet, or overwritten by another tool;
 * the queue was deleted; a message outlived its retention. So captures minus ledger goes to the queue again, hour by
 * hour, from the start marker of each sink on. Two sweeps at once do no harm: a message too many is stopped by the
 * ledger, and whatever a sweep writes the next one can write again.
 *
 * Never throws for what S3 or a queue may do.
 */
export async function sweep(options: SweepOptions): Promise<SweepResult> {
  const { store, model, log } = options;
  let run: SweepRun | null = null;
  try {
    const known = await readCursor(store, model);
    const { starts, unreadable } = await startsOf(options);
    const [broken] = unreadable;
    if (broken !== undefined && starts.size === 0)
      return { hours: 0, hoursLeft: 0, requeued: 0, stop: { code: broken.code, reason: broken.message } };
    run = new SweepRun(options, starts, known, broken === undefined);
    await run.lookAtAll();
    await run.save();
    run.report();
    const result = run.result();
    return broken === undefined ? result : { ...result, stop: { code: broken.code, reason: broken.message } };
  } catch (error) {
    const stop = stopOf(error);
    log('error', SWEEP_LINES.stopped, stop);
    // What was looked at until then need not be looked at again; without it, it is.
    await run?.save().catch(() => undefined);
    return { ...(run?.result() ?? { hours: 0, hoursLeft: 0, requeued: 0 }), stop };
  }
}

/**
 * A sink whose start cannot be read is left out, and said so: without it nobody knows which of its captures are missing,
 * and making it anew would move it.
 */
async function startsOf({ store, model, sinks, log }: SweepOptions): Promise<Starts> {
  const starts = new Map<string, string>();
  const unreadable: UnreadableState[] = [];
  for (const sink of sinks) {
    const start = await ensureStart(store, model, sink);
    if (!(start instanceof UnreadableState)) starts.set(sink, start.sinceHour);
    else {
      unreadable.push(start);
      log('error', SWEEP_LINES.start, { sink, code: start.code, reason: start.message });
    }
  }
  return { starts, unreadable };
}

interface Starts {
  /** Sink → the hour it started. */
  readonly starts: ReadonlyMap<string, string>;
  readonly unreadable: readonly UnreadableState[];
}

/** Anything but what S3 may do is a bug. */
function stopOf(error: unknown): { code: string; reason: string } {
  if (error instanceof StoreUnavailable) return { code: 'STATE_UNAVAILABLE', reason: error.message };
  if (!(error instanceof SourceFailure)) throw error;
  return { code: error.kind === 'denied' ? 'SOURCE_DENIED' : 'SOURCE_UNAVAILABLE', reason: error.message };
}
