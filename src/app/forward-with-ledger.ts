import type { DeliveryStop } from '../core/deliver';
import type { WorkResult } from '../core/work';
import { addTally, emptyTally } from '../core/tally';
import type { Claim } from '../ledger/claim';
import type { Breaker } from '../pressure/breaker';
import type { OpenSink } from '../sinks/sink';
import { claimFile, knownFile } from './claim-file';
import { deliverFile, takesWholeFiles } from './deliver-file';
import { deliveryOf, FileLogs } from './file-delivery';
import { endOf, type FileEnd, type Later, later, TIME_USED_UP } from './file-end';
import type { FileReport } from './file-report';
import { type Done, FINAL, type FileWork } from './file-work';
import type { ForwardContext } from './forward-context';
import { giveUp } from './give-up';
import { Recorder } from './recorder';
import { readOriginal } from './read-original';
import type { RelayState } from './relay-state';
import { lastWord } from './last-word';

/** With a ledger: what no run has settled yet, under a lease, as far as the sink's breaker lets it. */
export async function forwardWithLedger(
  work: FileWork,
  context: ForwardContext,
  state: RelayState,
  report: FileReport,
): Promise<Done> {
  const breaker = state.breaker(work.sink);
  const gate = await breaker.ask(context.endMs - context.clock.nowMs());
  if (gate.kind === 'open') {
    const isOnRecord = work.isOnRecord || (await noted(work, state, gate));
    return waits(later(gate.code, gate.reason, gate.waitMs), report, isOnRecord);
  }
  if (gate.kind === 'unknown') return waits(later('STATE_UNAVAILABLE', gate.reason, null), report, work.isOnRecord);
  const claimed = await claimFile(work, context, state);
  if (claimed.kind === 'claimed') return new ClaimedRun(work, context, state, report, claimed.claim, breaker).run();
  if (gate.kind === 'probe') await breaker.handBack();
  if (claimed.kind === 'poison') return giveUp(claimed.claim, work, state, report);
  if (claimed.kind === 'done') {
    context.log('info', `nothing to do: ${claimed.why}`, report.place);
    return { tally: emptyTally(), end: FINAL };
  }
  return waits(claimed.later, report, work.isOnRecord || claimed.later.code !== 'STATE_UNAVAILABLE');
}

/**
 * Later turns of an outage cost nothing: they find this on record, and so does whoever asks how things stand. Where no
 * message of ours will carry the file on, nobody may think so: then it is missing until somebody brings it again.
 */
async function noted(work: FileWork, { ledger }: RelayState, stop: { code: string; reason: string }): Promise<boolean> {
  return work.canHandOver && (await ledger.noteWaiting(knownFile(work), stop));
}

function waits(end: Later, report: FileReport, isOnRecord: boolean): Done {
  if (end.code === 'STATE_UNAVAILABLE') report.notBegun(end);
  else if (end.code === 'STATE_UNREADABLE') report.heldBack(end);
  else report.waits(end);
  return { tally: emptyTally(), end: { kind: 'later', later: end, hasProgress: false, isOnRecord } };
}

/** One run that holds its file. */
class ClaimedRun {
  constructor(
    private readonly work: FileWork,
    private readonly context: ForwardContext,
    private readonly state: RelayState,
    private readonly report: FileReport,
    private readonly claim: Claim,
    private readonly breaker: Breaker,
  ) {}

  async run(): Promise<Done> {
    const eventsBefore = this.claim.entry.counts.events;
    try {
      const first = await this.deliver();
      // A token may have been renewed since the sink was opened: its secret is read once more before anybody is told.
      if (first.result?.stop?.code !== 'SINK_TOKEN_REFUSED' || this.isLate) return await this.end(first);
      if (first.result.settled !== null) await first.recorder.record(first.result.settled);
      await this.context.sinks.drop(this.work.sink);
      return await this.end(after(first.result, await this.deliver()));
    } catch (error) {
      // The attempt stays on record: a file that meets a bug each time is given up like one that ends the process.
      await this.claim.end({});
      throw error;
    } finally {
      // What the entry counts now and did not before is this run's, however it ended: a hand-over repeats none of it.
      this.report.capturedEvents(this.work.created.file.key, this.claim.entry.counts.events - eventsBefore);
    }
  }

  private async deliver(): Promise<Delivered> {
    const { work, context, state, claim } = this;
    const readRange = (from: number, length: number): Promise<Buffer | null> =>
      readOriginal(() => context.readRange(work.created, from, length), context.clock);
    const quarantine = state.quarantine(work.created.file, claim.entry, readRange);
    const recorder = new Recorder(claim, quarantine, () => state.store.nowMs());
    const sink = await context.sinks.get(work.sink, context.signal);
    if ('kind' in sink) return { recorder, result: null, stop: sink, isWhole: false };
    const isWhole = takesWholeFiles(sink);
    return { recorder, result: await this.send(sink, recorder, isWhole), stop: null, isWhole };
  }

  private async send(sink: OpenSink, recorder: Recorder, isWhole: boolean): Promise<WorkResult> {
    const { work, context, claim, report } = this;
    const { progress, counts } = claim.entry;
    const logs = new FileLogs(context, report);
    const delivery = deliveryOf(work, context, sink, logs, isWhole ? 0 : progress.byteOffset);
    const result = await deliverFile({
      ...delivery,
      onRejection: (rejection) => {
        logs.onRejection(rejection);
        recorder.rejected(rejection);
      },
      onBatch: (outcome) => {
        logs.onBatch(outcome);
        recorder.sent(outcome);
      },
      maySend: () => this.maySend(),
      ...(isWhole
        ? {}
        : {
            progress: {
              start: progress,
              hasDelivered: counts.delivered > 0,
              record: (settled) => recorder.record(settled),
            },
          }),
    });
    logs.flush();
    return result;
  }

  private async maySend(): Promise<DeliveryStop | null> {
    const rate = await this.state.rate(this.work.sink)?.take(this.context.readUntilMs);
    if (rate?.kind === 'later') {
      const reason = "the sink's rate is used up by other runs";
      return { kind: 'unavailable', code: 'SINK_RATE_LIMIT', reason, waitMs: rate.waitMs };
    }
    if (this.claim.holds()) return null;
    const reason = 'this run held its file for as long as it may';
    return { kind: 'fenced', code: 'LEASE_LOST', reason, waitMs: null };
  }

  private get isLate(): boolean {
    return this.context.clock.nowMs() >= this.context.readUntilMs;
  }

  private async end({ recorder, result, stop, isWhole }: Delivered): Promise<Done> {
    const end = this.judged(result === null ? later(stop.code, stop.reason, stop.waitMs) : endOf(result));
    await this.tellSink(result, result === null ? stop : result.stop, end);
    const saved = await recorder.end(
      isWhole ? null : (result?.settled ?? null),
      lastWord(end, result, isWhole, this.claim.entry),
    );
    const last = saved === 'saved' ? end : notSaved(saved);
    if (result === null) this.report.notBegun(last.kind === 'later' ? last : stop);
    else this.report.ended(result, last, this.claim.entry.counts);
    const hasProgress = !isWhole && (result?.settled?.counts.captured ?? 0) > 0;
    return {
      tally: result?.tally ?? emptyTally(),
      end: last.kind === 'final' ? FINAL : { kind: 'later', later: last, hasProgress, isOnRecord: true },
    };
  }

  /** A request that was cut because the run ended says nothing of the sink. */
  private judged(end: FileEnd): FileEnd {
    const isCut = end.kind === 'later' && end.code === 'SINK_UNAVAILABLE' && this.context.signal.aborted;
    return isCut ? later('TIME_USED_UP', TIME_USED_UP, null) : end;
  }

  /** What this run learned of the sink, for all others. */
  private async tellSink(result: WorkResult | null, stop: DeliveryStop | null, end: FileEnd): Promise<void> {
    if (stop?.kind === 'misconfigured') {
      await this.context.sinks.drop(this.work.sink);
      this.context.log('error', `the file is kept: ${stop.reason}`, {
        ...this.report.place,
        code: stop.code,
      });
    }
    const isDown = end.kind === 'later' && stop !== null && stop.kind !== 'fenced' && OF_THE_SINK.has(end.code);
    const kind = stop?.kind === 'misconfigured' ? 'misconfigured' : 'unavailable';
    if (isDown || stop?.kind === 'misconfigured') this.report.sinkStopped(kind);
    if (isDown) await this.breaker.opened({ ...stop, kind });
    else if ((result?.tally.delivered ?? 0) > 0) await this.breaker.succeeded();
    else await this.breaker.handBack();
  }
}

interface DeliveredBase {
  readonly recorder: Recorder;
  readonly isWhole: boolean;
}

type Delivered = DeliveredBase &
  (
    | { readonly result: WorkResult; readonly stop: null }
    /** The sink could not be opened. */
    | { readonly result: null; readonly stop: DeliveryStop }
  );

/** Two goes at one file in one run are told as one. */
function after(first: WorkResult, second: Delivered): Delivered {
  if (second.result === null || first.settled === null) return second;
  const tally = { ...second.result.tally };
  addTally(tally, { ...emptyTally(), ...first.settled.counts });
  tally.requests += first.tally.requests;
  tally.retries += first.tally.retries;
  return { ...second, result: { ...second.result, tally } };
}

/** Codes that speak of the sink as such, and not of one file. */
const OF_THE_SINK: ReadonlySet<string> = new Set([
  'SINK_UNAVAILABLE',
  'SECRET_UNREADABLE',
  'SINK_TOKEN_REFUSED',
  'SINK_NOT_FOUND',
  'SINK_REDIRECTS',
  'SINK_MISCONFIGURED',
  'SINK_PATH',
]);

function notSaved(saved: 'fenced' | 'unavailable'): Later {
  return saved === 'fenced'
    ? later('LEASE_LOST', 'another run has taken this file over', null)
    : later('STATE_UNAVAILABLE', 'what became of the file could not be written to the state store', null);
}
