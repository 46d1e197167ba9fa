import type { Rejection, Skip } from '../core/types';
import { type LedgerCounts, NO_COUNTS } from '../ledger/entry';
import { type LeavingLine, leavingText, spread } from './leaving';
import type { QuarantinedLine } from './quarantined-line';
import { coveredBy, inOrder, type Refusal, without } from './refusal';
import { countRows, hasRow, type Rows, rowsOf, withoutRows } from './rows';

type Counts = { -readonly [name in keyof LedgerCounts]: LedgerCounts[name] };

/** What is wanted of a line, and not settled yet. */
interface Wanted {
  /** It was refused as a whole: everything that it turns out to hold. */
  isWhole: boolean;
  rows: Rows;
}

/**
 * What becomes of the refused inferences of one segment while they are sent again: which leave it, with which sums, and
 * what is said now of those that stay. Pure; what is told of rows that nobody asked for changes nothing.
 */
export class SegmentMoves {
  readonly counts: Counts = { ...NO_COUNTS };
  /** Inferences that were refused once more, or are what stays of a line that was. */
  refusedAgain = 0;
  private readonly left = new Map<number, LeavingLine & { rows: Rows }>();
  private readonly said = new Map<number, Refusal[]>();
  private readonly wanted = new Map<number, Wanted>();

  constructor(
    readonly lines: Map<number, QuarantinedLine>,
    wanted: ReadonlyMap<number, readonly Refusal[]>,
    private readonly decoderVersion: string,
  ) {
    for (const [line, refusals] of wanted) {
      const { rows, line: isWhole } = coveredBy(refusals);
      this.wanted.set(line, { isWhole, rows });
    }
  }

  /** What leaves so far, for the entry that counts it no more. */
  get leaving(): string {
    return leavingText(this.left.values());
  }

  /** Inferences that were asked for and of which nothing was heard. */
  get unanswered(): number {
    const open = [...this.wanted.values()].reduce((sum, { isWhole, rows }) => sum + (isWhole ? 1 : countRows(rows)), 0);
    return open - this.refusedAgain;
  }

  isWanted(line: number, row: number): boolean {
    const wanted = this.wanted.get(line);
    return wanted !== undefined && (wanted.isWhole || hasRow(wanted.rows, row));
  }

  /** Rows of a line that hold `units` inferences are at the partner. */
  stored(line: number, rows: Rows, units: number, kind: 'delivered' | 'accepted'): void {
    this.spread(line, units);
    const count = this.leave(line, rows);
    this.counts.delivered += count;
    this.counts.redriven += count;
    if (kind === 'accepted') this.counts.accepted += count;
  }

  skipped({ place, inferences, lines }: Skip): void {
    const wanted = this.wanted.get(place.line);
    if (wanted === undefined) return;
    if (wanted.isWhole) {
      this.spread(place.line, inferences);
      if (lines > 0) this.recount('events', 'skippedLines');
    }
    this.counts.skipped += this.leave(place.line, wanted.rows);
  }

  /** Not for good before `finish`: of a line refused as a whole nobody knows yet how many inferences it holds. */
  refused({ place, row, stage, code, reason, partnerInferenceId }: Rejection): void {
    if (row === null ? !this.wanted.has(place.line) : !this.isWanted(place.line, row)) return;
    const said = this.said.get(place.line) ?? [];
    const rows: Rows | null = row === null ? null : [[row, row]];
    said.push({ rows, stage, code, reason, partnerInferenceId, decoderVersion: this.decoderVersion });
    this.said.set(place.line, said);
  }

  /** All that was begun has an answer. `isComplete`: and all of it was begun. */
  finish(isComplete: boolean): void {
    for (const [line, said] of this.said) {
      const [whole] = said.filter(({ rows }) => rows === null).slice(-1);
      const rows = coveredBy(said).rows;
      // All that such a line holds was refused, row by row: or something else would have told how much that is.
      if (whole === undefined && isComplete) this.spread(line, (rows.at(-1)?.[1] ?? 0) + 1);
      this.say(line, said, whole);
    }
    this.said.clear();
  }

  private say(number: number, said: readonly Refusal[], whole: Refusal | undefined): void {
    const line = this.lines.get(number);
    const wanted = this.wanted.get(number);
    if (line === undefined || wanted === undefined || (wanted.isWhole && whole === undefined)) return;
    const others = { rows: withoutRows([[0, Infinity]], wanted.rows), line: true };
    const again =
      whole === undefined
        ? without(said, others)
        : [{ ...whole, rows: wanted.isWhole ? null : wanted.rows }].filter(({ rows }) => rows?.length !== 0);
    const covered = coveredBy(again);
    this.lines.set(number, { ...line, refusals: inOrder([...without(line.refusals, covered), ...again]) });
    this.refusedAgain += countRows(covered.rows) + (covered.line ? 1 : 0);
  }

  /** A line refused as a whole counts as one; now it is known how many inferences it holds. */
  private spread(number: number, units: number): void {
    const line = this.lines.get(number);
    const wanted = this.wanted.get(number);
    if (line === undefined || wanted?.isWhole !== true || units < 1) return;
    if (line.countedAs === 'rejectedLine') this.recount('rejectedLines', 'events');
    this.counts.captured += units - 1;
    this.counts.quarantined += units - 1;
    this.lines.set(number, spread(line, units));
    this.left.set(number, { line: number, units, rows: [] });
    wanted.isWhole = false;
    wanted.rows = [[0, units - 1]];
  }

  /** How many of these rows were wanted, and leave. */
  private leave(number: number, rows: Rows): number {
    const line = this.lines.get(number);
    const wanted = this.wanted.get(number);
    if (line === undefined || wanted === undefined) return 0;
    const stay = withoutRows(wanted.rows, rows);
    const leave = withoutRows(wanted.rows, stay);
    const before = this.left.get(number) ?? { line: number, units: null, rows: [] };
    wanted.rows = stay;
    this.left.set(number, { ...before, rows: rowsOf([...before.rows, ...leave]) });
    this.lines.set(number, { ...line, refusals: without(line.refusals, { rows: leave, line: false }) });
    this.counts.quarantined -= countRows(leave);
    return countRows(leave);
  }

  private recount(from: 'events' | 'rejectedLines', to: 'events' | 'skippedLines'): void {
    this.counts[from] -= 1;
    this.counts[to] += 1;
  }
}
