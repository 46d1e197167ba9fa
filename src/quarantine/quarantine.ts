import type { CaptureFile, Rejection } from '../core/types';
import type { Content } from '../ledger/entry';
import type { StateStore, Stored } from '../store/state-store';
import { StoreUnavailable } from '../store/state-store';
import { Collected } from './collected';
import { addOriginals, type ReadRange } from './fetch-originals';
import { merged, type QuarantinedLine } from './quarantined-line';
import { kept } from './refusal';
import { replaceSegment } from './replace-segment';
import { contentPrefix, parseSegmentKey, segmentKey, segmentOf } from './segment-key';
import { readSegment, writeSegment } from './segment-text';

export interface QuarantineOptions {
  readonly store: StateStore;
  readonly model: string;
  readonly sink: string;
  readonly file: CaptureFile;
  readonly content: Content;
  /** Contents and generations of this file that were closed before. */
  readonly contentOrdinal: number;
  readonly generation: number;
  readonly decoderVersion: string;
  readonly readRange: ReadRange;
  /** A longer line is kept without its bytes. */
  readonly maxOriginalBytes: number;
  /** Whether the ledger, when this run began, counted a row as settled. */
  readonly isCounted: (line: number, row: number | null) => boolean;
  /**
   * From which byte on earlier runs may have left records that the ledger does not count: where this run goes on. Null
   * when there was no earlier run, which saves a request. Default 0: anywhere.
   */
  readonly uncountedFrom?: number | null;
}

/**
 * The refused inferences of one run on one capture file and sink, with the bytes they came from: what a run puts on
 * record here, before the ledger counts it, `redrive` brings back after a fix.
 */
export class Quarantine {
  private readonly collected: Collected;
  private readonly prefix: string;
  /** Segments this run has written: what stands there is counted or its own. Null: it is not known what stands there. */
  private readonly opened = new Map<number, { readonly tag: string | null } | null>();
  private isClean: boolean;
  private flushAtLines = EARLY_FLUSH_LINES;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly options: QuarantineOptions) {
    this.collected = new Collected(options);
    this.prefix = contentPrefix(options, options.file);
    this.isClean = options.uncountedFrom === null;
  }

  /** `original`: the bytes of the line where they are at hand; else they are read again when it is written. */
  add(rejection: Rejection, original: Buffer | null): void {
    this.collected.add(rejection, original);
    if (this.collected.lineCount >= this.flushAtLines) this.flushEarly();
  }

  /**
   * Writes what was added; all of it stands in the store afterwards. The first time, what a killed run left uncounted
   * is cleared away, because its rows may be delivered this time. Throws StoreUnavailable, and what `readRange` throws; a
   * later call tries again.
   */
  flush(): Promise<void> {
    this.writing = this.writing.catch(() => undefined).then(() => this.write());
    return this.writing;
  }

  /** A file of bad lines alone makes no batches, and so nobody asks for a flush before its end. */
  private flushEarly(): void {
    this.flushAtLines = Number.POSITIVE_INFINITY;
    const goOn = (): void => {
      this.flushAtLines = this.collected.lineCount + EARLY_FLUSH_LINES;
    };
    // What could not be written waits for the next flush, which somebody listens to.
    this.flush().then(goOn, goOn);
  }

  private async write(): Promise<void> {
    if (!this.isClean) await this.clean();
    this.isClean = true;
    for (const segment of this.collected.segmentNumbers()) {
      const lines = this.collected.take(segment);
      try {
        await this.writeSegment(segment, lines);
      } catch (error) {
        this.collected.putBack(segment, lines);
        throw error;
      }
    }
  }

  private async clean(): Promise<void> {
    const { store, uncountedFrom } = this.options;
    const first = segmentOf(uncountedFrom ?? 0);
    let after = first === 0 ? null : segmentKey(this.prefix, first - 1);
    for (let hasMore = true; hasMore; ) {
      const page = await store.list(this.prefix, { after });
      for (const { key } of page.entries) {
        const segment = parseSegmentKey(key)?.segment;
        if (segment !== undefined && !this.opened.has(segment)) await this.writeSegment(segment, new Map());
      }
      after = page.entries.at(-1)?.key ?? null;
      hasMore = page.hasMore;
    }
  }

  private async writeSegment(segment: number, added: ReadonlyMap<number, QuarantinedLine>): Promise<void> {
    const { store } = this.options;
    const key = segmentKey(this.prefix, segment);
    const stored = await store.get(key);
    const lines = this.standing(segment, key, stored);
    for (const line of added.values()) lines.set(line.line, merged(lines.get(line.line), line));
    await addOriginals(lines, added.keys(), this.options);
    try {
      this.opened.set(segment, { tag: await replaceSegment(store, key, stored, writeSegment(lines.values())) });
    } catch (error) {
      // It may have landed or not. A segment that was not opened before is looked at anew.
      if (this.opened.has(segment)) this.opened.set(segment, null);
      throw error;
    }
  }

  /** What stays of a segment: all that is this run's own, and of earlier runs what the ledger counts. */
  private standing(segment: number, key: string, stored: Stored | null): Map<number, QuarantinedLine> {
    const lines = stored === null ? new Map<number, QuarantinedLine>() : readSegment(stored.body, key);
    const opened = this.opened.get(segment);
    if (opened === undefined) {
      const { isCounted } = this.options;
      for (const [number, line] of lines)
        lines.set(number, { ...line, refusals: kept(line.refusals, (row) => isCounted(number, row)) });
    } else if (opened !== null && opened.tag !== (stored?.tag ?? null))
      throw new StoreUnavailable(`${key} was written by another run at the same time`);
    return lines;
  }
}

/** Each takes some 1 KB of memory. */
const EARLY_FLUSH_LINES = 20_000;
