import { FIRST_LINE, type LineStart } from './lines';
import { type OutcomeCodes, refusedFrom, refusedText, runsText, RunsReader } from './progress-runs';
import type { LineEnd, Place } from './types';

/**
 * How far a capture file is settled for one sink: everything before the line `line` is; of what follows, `runs` tells
 * which inferences are. A run that was killed or handed over goes on from there, with the same ids and in the middle
 * of an event if need be.
 */
export interface FileProgress extends LineStart {
  /** What became of the inferences from that line on, in order; empty: none is settled. See `progress-runs.ts`. */
  readonly runs: string;
  /** The end of the last line that anything is settled of: by the bytes before it a copy is told from other content. */
  readonly seen: LineEnd;
  /** Which inferences `runs` calls quarantined, as `line:row` or `line:first-last`: their records stay in quarantine. */
  readonly refused: string;
}

export const FILE_START: FileProgress = { ...FIRST_LINE, runs: '', seen: { byteOffset: 0, crc: 0 }, refused: '' };

/** 0: not settled. Kept as numbers: an event may hold 100,000. */
export const OUTCOMES = ['unsettled', 'delivered', 'accepted', 'quarantined', 'skipped'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What was settled since the start of this run; lines count once all in them is. */
export interface SettledCounts {
  lines: number;
  events: number;
  rejectedLines: number;
  skippedLines: number;
  captured: number;
  /** `accepted` ones included. */
  delivered: number;
  accepted: number;
  quarantined: number;
  skipped: number;
}

export interface OpenedLine {
  readonly kind: 'event' | 'rejected' | 'skipped';
  readonly place: Place;
  readonly end: LineEnd;
  /** Inferences of the line: 1 at least. */
  readonly units: number;
  /** More than 1 for a document printed over several lines. */
  readonly lines: number;
}

interface OpenLine {
  readonly line: OpenedLine;
  readonly start: LineStart;
  readonly outcomes: OutcomeCodes;
  unsettled: number;
}

/** Lines that were passed stay in the queue's memory until there are so many. */
const MAX_PASSED = 4_096;

/**
 * Follows the inferences of a file from being read to being settled, which happens in any order when several batches
 * are in flight. Remembers lines from the first unsettled one on: a few batches, whatever the file's size.
 */
export class ProgressTracker {
  readonly counts: SettledCounts = {
    lines: 0,
    events: 0,
    rejectedLines: 0,
    skippedLines: 0,
    captured: 0,
    delivered: 0,
    accepted: 0,
    quarantined: 0,
    skipped: 0,
  };
  private readonly open = new Map<number, OpenLine>();
  /** The same lines in their order, from `head` on: a Map's own order is slow to walk once entries were removed. */
  private queue: OpenLine[] = [];
  private head = 0;
  private readonly earlier: RunsReader;
  private position: LineStart;
  private readEnd: LineStart;

  constructor(private readonly start: FileProgress = FILE_START) {
    this.position = start;
    this.readEnd = start;
    this.earlier = new RunsReader(start.runs);
  }

  /** A line that holds something has been read; false when earlier runs settled all of it. */
  begin(line: OpenedLine): boolean {
    // A typed array costs more to make than all else of a line that holds one inference.
    const outcomes = line.units === 1 ? [0] : new Uint8Array(line.units);
    const settled = this.earlier.take(outcomes);
    // Blank lines before this one belong to it: they hold nothing, and are read again with it.
    const opened = { line, start: this.readEnd, outcomes, unsettled: line.units - settled };
    this.open.set(line.place.line, opened);
    this.queue.push(opened);
    this.readEnd = { line: line.place.line + line.lines, byteOffset: line.end.byteOffset, crc: line.end.crc };
    if (settled === line.units) this.advance();
    return settled < line.units;
  }

  isSettled(line: number, row: number): boolean {
    const known = this.open.get(line);
    // A line that is no longer open is settled as a whole.
    return known === undefined || known.outcomes[row] !== 0;
  }

  settle(line: number, row: number, outcome: Exclude<Outcome, 'unsettled'>): void {
    const known = this.open.get(line);
    if (known === undefined || known.outcomes[row] !== 0)
      throw new RangeError(`row ${row} of line ${line} was settled twice, or never begun`);
    known.outcomes[row] = OUTCOMES.indexOf(outcome);
    known.unsettled -= 1;
    this.counts.captured += 1;
    if (outcome === 'accepted') this.counts.delivered += 1;
    this.counts[outcome] += 1;
    if (known.unsettled === 0) this.advance();
  }

  /** All inferences of a line at once. */
  settleLine(line: number, outcome: Exclude<Outcome, 'unsettled'>): void {
    const units = this.open.get(line)?.outcomes.length ?? 0;
    for (let row = 0; row < units; row += 1) if (!this.isSettled(line, row)) this.settle(line, row, outcome);
  }

  snapshot(): FileProgress {
    const { line, byteOffset, crc } = this.position;
    // Lines that this run has not come to yet, and of which an earlier one settled something.
    const rest = this.earlier.rest();
    const open = this.queue.slice(this.head);
    const last = open.findLast(({ outcomes, unsettled }) => unsettled < outcomes.length)?.line.end;
    const seen = rest.length > 0 ? this.start.seen : (last ?? { byteOffset, crc });
    const runs = runsText(
      open.map(({ outcomes }) => outcomes),
      rest,
    );
    const refused = open.flatMap(({ line: { place }, outcomes }) => refusedText(place.line, outcomes));
    if (rest.length > 0) refused.push(...refusedFrom(this.start.refused, this.readEnd.line));
    return { line, byteOffset, crc, runs, seen, refused: refused.join(' ') };
  }

  private advance(): void {
    let first = this.queue[this.head];
    for (; first !== undefined && first.unsettled === 0; first = this.queue[this.head]) {
      this.open.delete(first.line.place.line);
      this.head += 1;
      this.passed(first.line);
    }
    this.position = first?.start ?? this.readEnd;
    if (this.head > MAX_PASSED) {
      this.queue = this.queue.slice(this.head);
      this.head = 0;
    }
  }

  private passed({ kind, lines }: OpenedLine): void {
    this.counts.lines += lines;
    if (kind === 'event') this.counts.events += lines;
    else if (kind === 'rejected') this.counts.rejectedLines += lines;
    else this.counts.skippedLines += lines;
  }
}
