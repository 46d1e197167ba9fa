import type { Claim } from '../ledger/claim';
import { ledgerPrefix } from '../ledger/entry';
import { contentOrdinalOf, reopen, type ReopenedEntry } from '../ledger/reopen';
import { finishLeaving } from './finish-leaving';
import { type LeavingLine, leavingText, withoutLeaving } from './leaving';
import { isSettled, movedCounts } from './moved-counts';
import { orUnreadable, UnreadableState } from '../store/unreadable-state';
import type { KeptReason, Purge, SinkPurge } from './purge';
import { type QuarantinedLine, unitsIn } from './quarantined-line';
import { replaceSegment } from './replace-segment';
import { writeSegment } from './segment-text';
import { type FileSegments, type ListedSegment, openOrNote, type Segment } from './segments';

/** As long as whoever asks for the file waits after a kill. */
const LEASE_MS = 120_000;

/**
 * One file of a purge, under its lease. For each segment: the ledger's entry, which moves the sums and names the rows
 * whose records are void from then on; then the object. After a kill in between the next one takes them away first.
 */
export class FilePurge {
  constructor(
    private readonly options: Purge,
    private readonly progress: SinkPurge,
  ) {}

  async run(file: FileSegments): Promise<void> {
    const { store, clock, isDryRun, onFile } = this.options;
    const old = { ...file, segments: file.segments.filter(({ modifiedMs }) => this.isOld(modifiedMs)) };
    if (old.segments.length === 0) return;
    this.progress.files += 1;
    if (isDryRun) await this.each(old, (segment) => this.count(unitsIn(segment.lines.values())));
    else {
      const key = `${ledgerPrefix(file.model, file.sink)}${file.hour}/${file.fileHash}`;
      const answer = await orUnreadable(() => reopen(store, key, { clock, leaseMs: LEASE_MS }));
      if (answer instanceof UnreadableState) await this.keepUnreadable(old, answer);
      else if (answer.kind === 'reopened') await this.reopened(old, answer.claim, answer.entry);
      // Records come after an entry, so it was thrown away: no sum knows of them.
      else if (answer.kind === 'absent') await this.each(old, (segment) => this.remove(segment));
      else await this.each(old, (segment) => this.keep(answer.kind, unitsIn(segment.lines.values())));
    }
    onFile(this.progress);
  }

  private async reopened(file: FileSegments, claim: Claim, entry: ReopenedEntry): Promise<void> {
    let change: Partial<ReopenedEntry> = {};
    try {
      const finished = await orUnreadable(() => finishLeaving(this.options.store, entry));
      if (finished instanceof UnreadableState) return await this.keepUnreadable(file, finished);
      await this.each(file, (segment) => this.move(segment, claim));
      if (this.progress.stop === null) change = { leaving: null };
    } finally {
      await claim.end(change);
    }
  }

  private async each(file: FileSegments, work: (segment: Segment) => Promise<void> | void): Promise<void> {
    for (const listed of file.segments) {
      const segment = await this.stillOld(listed);
      if (segment !== null) await work(segment);
      if (this.progress.stop !== null) return;
    }
  }

  /** A redrive may have written it since it was listed. */
  private async stillOld(listed: ListedSegment): Promise<Segment | null> {
    const segment = await openOrNote(this.options.store, listed, this.progress.unreadable);
    return segment !== null && this.isOld(segment.stored.modifiedMs) ? segment : null;
  }

  private async move(segment: Segment, claim: Claim): Promise<void> {
    const { contentOrdinal, segment: number } = segment;
    const { entry } = claim;
    const settled = [...segment.lines.values()].map((line) => settledOf(line, entry, contentOrdinal));
    this.keep('open', unitsIn(segment.lines.values()) - unitsIn(settled));
    if (unitsIn(settled) === 0) return;
    const leaving = settled.flatMap(allOf);
    const units = unitsIn(settled) - voidUnits(settled, entry, contentOrdinal);
    const change: Partial<ReopenedEntry> = {
      ...movedCounts(entry, contentOrdinal, { quarantined: -units, purged: units }),
      leaving: { contentOrdinal, segment: number, rows: leavingText(leaving) },
    };
    const saved = await claim.save(change);
    if (saved !== 'saved') {
      this.progress.stop = NOT_SAVED[saved];
      return;
    }
    await this.replace(segment, withoutLeaving(segment.lines, leaving).values());
    this.count(units);
  }

  private async remove(segment: Segment): Promise<void> {
    await this.replace(segment, []);
    this.count(unitsIn(segment.lines.values()));
  }

  private async replace({ key, stored }: Segment, lines: Iterable<QuarantinedLine>): Promise<void> {
    await replaceSegment(this.options.store, key, stored, writeSegment(lines));
  }

  private isOld(modifiedMs: number): boolean {
    return modifiedMs <= this.options.store.nowMs() - this.options.olderThanMs;
  }

  /** Its sums cannot be moved, or it is not known which of its records are void. */
  private async keepUnreadable(file: FileSegments, { key }: UnreadableState): Promise<void> {
    this.progress.unreadable.add(key);
    await this.each(file, (segment) => this.keep('unreadable', unitsIn(segment.lines.values())));
  }

  private count(units: number): void {
    this.progress.objects += 1;
    this.progress.purged += units;
  }

  private keep(reason: KeptReason, units: number): void {
    if (units > 0) this.progress.kept.set(reason, (this.progress.kept.get(reason) ?? 0) + units);
  }
}

const NOT_SAVED = {
  fenced: { code: 'LEASE_LOST', reason: 'another run has taken a file over' },
  unavailable: { code: 'STATE_UNAVAILABLE', reason: 'the state store cannot be written' },
} as const;

const allOf = ({ line, refusals }: QuarantinedLine): LeavingLine[] =>
  refusals.map(({ rows }) => ({ line, units: null, rows }));

function settledOf(line: QuarantinedLine, entry: ReopenedEntry, contentOrdinal: number): QuarantinedLine {
  if (isSettled(entry, contentOrdinal, line.line)) return line;
  // It stands where the file was given up, and speaks of no row.
  return { ...line, refusals: line.refusals.filter(({ code }) => code === 'FILE_CRASHES') };
}

/** The record of a file that was given up and goes on again says nothing any more: see `redrive`. */
function voidUnits(lines: readonly QuarantinedLine[], entry: ReopenedEntry, contentOrdinal: number): number {
  if (entry.state === 'quarantined' || contentOrdinal !== contentOrdinalOf(entry)) return 0;
  return lines.filter(({ refusals }) => refusals.some(({ code }) => code === 'FILE_CRASHES')).length;
}
