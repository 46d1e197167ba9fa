import { lastWord } from '../app/last-word';
import { endOf } from '../app/file-end';
import { Recorder } from '../app/recorder';
import type { RelayState } from '../app/relay-state';
import { takesWholeFiles } from '../app/deliver-file';
import type { DeliveryStop } from '../core/deliver';
import type { WorkResult } from '../core/work';
import type { Claim } from '../ledger/claim';
import { addCounts } from '../ledger/entry';
import type { ClaimRequest } from '../ledger/ledger';
import { replayFile, type ReplayWork } from './replay-file';
import type { ReplayFile } from './replay-source';
import type { SinkConfig } from '../config/model-config';
import { firstBytes } from '../app/claim-file';
import { rangeOf } from './range-of';
import { unpacked } from './unpack';

/** A replay that shares the ledger with live traffic: what either delivered, the other does not. */
export interface LeasedReplay {
  readonly state: RelayState;
  /** Deliver finished files once more, counted apart. */
  readonly again: boolean;
}

export type LeasedEnd =
  | { readonly kind: 'ran'; readonly result: WorkResult }
  | { readonly kind: 'delivered-before' }
  /** Another run works on the file now, or it is quarantined whole. */
  | { readonly kind: 'left'; readonly why: string }
  | { readonly kind: 'stopped'; readonly stop: DeliveryStop };

/** A replay may run for days and be killed at any moment: live traffic then waits so long for a file it had begun. */
const LEASE_MS = 120_000;

export async function replayLeased(
  file: ReplayFile,
  config: SinkConfig,
  work: ReplayWork,
  { state, again }: LeasedReplay,
): Promise<LeasedEnd> {
  const request: ClaimRequest = {
    sink: config.name,
    file: file.file,
    content: { versionId: file.file.versionId, eTag: file.eTag, sequencer: null },
    configHash: config.configHash,
    again,
    isAlone: true,
    firstSeenMs: null,
    leaseMs: LEASE_MS,
    firstBytes: (byteLength) => firstBytes(unpacked(work.source.read(file.file, work.cut, file.eTag)), byteLength),
  };
  const answer = await state.ledger.claim(request);
  if (answer.kind === 'unreadable') return { kind: 'left', why: answer.reason };
  if (answer.kind === 'done') return { kind: 'delivered-before' };
  if (answer.kind === 'unavailable') return { kind: 'stopped', stop: stateStop(answer.reason) };
  if (answer.kind === 'poison') {
    await answer.claim.end({ attempts: answer.claim.entry.attempts - 1 });
    return {
      kind: 'left',
      why: 'runs on it ended without a word; the function gives it up, or redrive brings it back',
    };
  }
  if (answer.kind !== 'claimed') return { kind: 'left', why: 'another run works on it' };
  return new LeasedRun(file, config, work, state, answer.claim).run();
}

const stateStop = (reason: string): DeliveryStop => ({
  kind: 'unavailable',
  code: 'STATE_UNAVAILABLE',
  reason,
  waitMs: null,
});

class LeasedRun {
  constructor(
    private readonly file: ReplayFile,
    private readonly config: SinkConfig,
    private readonly work: ReplayWork,
    private readonly state: RelayState,
    private readonly claim: Claim,
  ) {}

  async run(): Promise<LeasedEnd> {
    const renewing = setInterval(() => void this.claim.renew(), LEASE_MS / 3);
    try {
      return await this.deliver();
    } catch (error) {
      await this.claim.end({});
      throw error;
    } finally {
      clearInterval(renewing);
    }
  }

  private async deliver(): Promise<LeasedEnd> {
    const { claim, work, state, file } = this;
    const { progress, counts } = claim.entry;
    const isWhole = takesWholeFiles(work.sink);
    const readRange = (from: number, length: number): Promise<Buffer | null> =>
      rangeOf(unpacked(work.source.read(file.file, work.cut, file.eTag)), from, length);
    const recorder = new Recorder(claim, state.quarantine(file.file, claim.entry, readRange), () =>
      state.store.nowMs(),
    );
    let brokenLines = 0;
    const result = await replayFile(file, {
      ...work,
      onRejection: (rejection) => {
        if (rejection.code === 'FILE_UNREADABLE') brokenLines += 1;
        recorder.rejected(rejection);
        work.onRejection(rejection);
      },
      lease: {
        maySend: () => this.maySend(),
        onBatch: (outcome) => recorder.sent(outcome),
        progress: isWhole
          ? null
          : {
              start: progress,
              hasDelivered: counts.delivered > 0,
              record: (settled) => recorder.record(settled),
            },
      },
    });
    const end = endOf(result);
    const last = lastWord(end, result, isWhole, claim.entry);
    const broken = { lines: brokenLines, rejectedLines: brokenLines, captured: brokenLines, quarantined: brokenLines };
    const isDone = last.state === 'done' && brokenLines > 0 && !isWhole && result.settled !== null;
    const withBroken = isDone ? { counts: addCounts(addCounts(counts, result.settled?.counts ?? {}), broken) } : {};
    const saved = await recorder.end(isWhole ? null : result.settled, { ...last, ...withBroken });
    if (saved === 'saved') return { kind: 'ran', result };
    const reason = `what became of the file could not be written down (${saved})`;
    return { kind: 'ran', result: { ...result, complete: false, stop: result.stop ?? stateStop(reason) } };
  }

  private async maySend(): Promise<DeliveryStop | null> {
    const rate = await this.state.rate(this.config)?.take(Number.POSITIVE_INFINITY);
    if (rate?.kind === 'later') return stateStop('the sink rate could not be agreed on');
    if (this.claim.holds()) return null;
    return { kind: 'fenced', code: 'LEASE_LOST', reason: 'another run has taken this file over', waitMs: null };
  }
}
