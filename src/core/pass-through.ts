import type { ParsedLine } from './capture-event';
import { type CaptureKey, parseCaptureKey } from './capture-key';
import { capturedLines, resumed } from './captured-lines';
import type { DeliveryStop } from './deliver';
import { HandedLines } from './handed-lines';
import { FIRST_LINE } from './lines';
import { isShadow, type ModelRules } from './inference';
import { RepeatedIds } from './partner-inference-id';
import type { WorkResult } from './work';
import { route, type Route } from './route';
import { SourceFailure } from './source';
import { emptyTally } from './tally';
import type { CaptureEvent, CaptureFile, DeliveryResult, Rejection, Skip } from './types';

/**
 * The other chain, for a partner that decodes captures itself. One work is one capture file in one request:
 *
 *   bytes ─► lines ─► capture events ─► the same lines, as they came ─► the sink
 *
 * A line that the partner's decoder cannot read is left out and becomes a rejection beside the stream.
 */
export interface PassThrough {
  /** Inferences the partner's own decoder makes of an event (at least 1), or why it makes none. Pure. */
  readonly read: (event: CaptureEvent) => PassReading;
  /** One request with all lines. Indexes in its result are those of the lines handed over, from 0. Never throws for what a partner may do. */
  readonly send: (upload: Upload, signal: AbortSignal) => Promise<PassResult>;
}

export type PassReading =
  | { readonly ok: true; readonly inferences: number }
  | { readonly ok: false; readonly reason: string };

/** A file cannot be halved, so the sink says itself what a partner's "too large" means. */
export type PassResult = Exclude<DeliveryResult, { kind: 'too-large' }>;

export interface Upload {
  /** Each with its LF. Throws when the file cannot be read on: half a file must not look whole. */
  readonly lines: AsyncIterable<Uint8Array>;
  /** The content type the store keeps for the file; null when it tells none. */
  readonly contentType: string | null;
  /** Grows while `lines` is read. */
  readonly handed: HandedLines;
}

/** Bytes from a store that may know their content type, once the first of them has come. */
export interface StoredBytes extends AsyncIterable<Uint8Array> {
  readonly contentType?: string | null;
}

export interface PassThroughWork {
  readonly file: CaptureFile;
  readonly bytes: StoredBytes;
  readonly rules: ModelRules;
  readonly route: Route;
  readonly sink: PassThrough;
  /** Aborted when the run must end. */
  readonly signal: AbortSignal;
  readonly onRejection: (rejection: Rejection) => void;
  readonly onSkip: (skip: Skip) => void;
  /** Asked between events; true ends the reading, and the request with it. */
  readonly shouldStop: () => boolean;
  /** Asked before the request; a stop when it may not be made. */
  readonly maySend?: () => Promise<DeliveryStop | null>;
}

/** Throws for bugs alone. The body cannot be sent again within the run, so there are no retries here. */
export async function passThrough(work: PassThroughWork): Promise<WorkResult> {
  const run = new PassRun(work);
  const refusal = (await work.maySend?.()) ?? null;
  const stop = refusal ?? run.settle(await run.send());
  return {
    tally: run.tally,
    complete: run.isRead && stop === null,
    stop,
    source: run.source,
    surplusColumns: [],
    settled: null,
    readTo: run.readTo,
  };
}

class PassRun {
  readonly tally = emptyTally();
  readTo = FIRST_LINE;
  isRead = false;
  source: SourceFailure | null = null;
  private isLate = false;
  private bug: { readonly error: unknown } | null = null;
  private readonly handed = new HandedLines();
  private readonly key: CaptureKey | null;
  private readonly repeated = new RepeatedIds();

  constructor(private readonly work: PassThroughWork) {
    this.key = parseCaptureKey(work.file.key);
  }

  /** Null when there was nothing to send. The first line is waited for, so that a file without any makes no request. */
  async send(): Promise<PassResult | null> {
    const lines = this.lines();
    const first = await lines.next().catch(() => null);
    let result: PassResult | null = null;
    if (first !== null && first.done !== true) {
      const contentType = this.work.bytes.contentType ?? null;
      this.tally.requests = 1;
      const upload = { lines: resumed(first.value, lines), contentType, handed: this.handed };
      result = await this.work.sink.send(upload, this.work.signal);
      // A sink that got its answer early, or no connection at all, has not read to the end.
      await lines.return(undefined);
    }
    if (this.bug !== null) throw this.bug.error;
    return result;
  }

  /** What became of everything handed over; returns why the work stops. */
  settle(result: PassResult | null): DeliveryStop | null {
    const { handed, tally } = this;
    const isUnknown = !this.isRead || result?.kind === 'retryable' || result?.kind === 'misconfigured';
    if (result === null || isUnknown) {
      tally.inFlight += handed.inferences;
      return result === null || this.isLate || this.source !== null ? null : stopOf(result);
    }
    const { rejected, retry } = byLine(result, handed.lines);
    for (const { index, code, reason } of rejected) this.refuse(index, code, reason);
    const refused = rejected.reduce((sum, { index }) => sum + handed.inferencesOf(index), 0);
    const again = retry.reduce((sum, index) => sum + handed.inferencesOf(index), 0);
    tally.inFlight += again;
    tally.delivered += handed.inferences - refused - again;
    // A file that was taken over is confirmed by nobody but the partner.
    tally.accepted = tally.delivered;
    return again === 0 ? null : stopOf(result);
  }

  private refuse(index: number, code: string, reason: string): void {
    const place = this.handed.placeOf(index, this.work.file);
    for (let row = 0; row < this.handed.inferencesOf(index); row += 1)
      this.reject({ stage: 'deliver', code, reason, place, row, partnerInferenceId: null });
  }

  private async *lines(): AsyncGenerator<Uint8Array> {
    const { bytes, file, rules } = this.work;
    try {
      for await (const line of capturedLines(bytes, file, rules.maxLineBytes)) {
        this.readTo = { line: this.readTo.line + 1, ...line.end };
        this.isLate = this.work.shouldStop();
        if (this.isLate) throw new Error('the time of this run is used up');
        if (this.takes(line.parsed) && line.bytes !== null) yield asOneLine(line.bytes);
      }
      this.isRead = true;
    } catch (error) {
      if (error instanceof SourceFailure) this.source = error;
      else if (!this.isLate) this.bug = { error };
      throw error;
    }
  }

  /** Counts a line; true when it is to be handed over. */
  private takes(parsed: ParsedLine): boolean {
    if (parsed.kind === 'event') return this.takesEvent(parsed.event);
    if (parsed.kind === 'rejection') {
      this.tally.lines += 1;
      this.tally.rejectedLines += 1;
      this.tally.captured += 1;
      this.reject(parsed.rejection);
    } else if (parsed.kind === 'skip') {
      this.tally.lines += parsed.skip.lines;
      this.tally.skippedLines += parsed.skip.lines;
      this.skip(parsed.skip);
    }
    return false;
  }

  private takesEvent(event: CaptureEvent): boolean {
    const { tally, work } = this;
    const { place } = event;
    tally.lines += 1;
    tally.events += 1;
    const reading = work.sink.read(event);
    const inferences = reading.ok ? reading.inferences : 1;
    const skip = route(work.route, this.key, isShadow(event, this.key, work.rules));
    if (skip !== null) {
      this.skip({ ...skip, place, lines: 0, inferences });
      return false;
    }
    if (this.repeated.sees(event)) tally.repeatedIds += 1;
    tally.captured += inferences;
    if (reading.ok) this.handed.add(place, inferences);
    else {
      const { reason } = reading;
      this.reject({
        stage: 'encode',
        code: 'PASS_THROUGH_UNREADABLE',
        reason,
        place,
        row: null,
        partnerInferenceId: null,
      });
    }
    return reading.ok;
  }

  private skip(skip: Skip): void {
    this.tally.captured += skip.inferences;
    this.tally.skipped += skip.inferences;
    this.work.onSkip(skip);
  }

  private reject(rejection: Rejection): void {
    this.tally.quarantined += 1;
    this.work.onRejection(rejection);
  }
}

/** The lines a partner refused, and those that may pass later; a file refused as a whole is all of its lines. */
function byLine(result: PassResult, lines: number): Pick<DeliveryResult & { kind: 'partial' }, 'rejected' | 'retry'> {
  if (result.kind === 'partial') return result;
  if (result.kind !== 'rejected') return { rejected: [], retry: [] };
  const { code, reason } = result;
  return { rejected: Array.from({ length: lines }, (_, index) => ({ index, code, reason })), retry: [] };
}

function stopOf(result: PassResult): DeliveryStop {
  if (result.kind === 'misconfigured') return { ...result, waitMs: null };
  const reason = 'reason' in result ? result.reason : 'the partner answered before it had the whole file';
  const waitMs = result.kind === 'retryable' ? result.waitMs : null;
  return { kind: 'unavailable', code: 'SINK_UNAVAILABLE', reason, waitMs };
}

// A byte order mark would keep the partner's parser from reading the first line.
const BOM = Buffer.from('\uFEFF');
const LF = Buffer.from('\n');

function asOneLine(bytes: Buffer): Buffer {
  const start = bytes.subarray(0, BOM.length).equals(BOM) ? BOM.length : 0;
  return Buffer.concat([bytes.subarray(start), LF]);
}
