import { type CaptureEvent } from '../../src/core/types';
import { captureLine, csv } from '../support/capture-events';
import type { Dice } from './random';

/**
 * Capture files whose every inference can be told at the partner without its id: two columns hold the file's number and
 * the place. And what must become of each line and row, said here and not by the product.
 */
export type Outcome = 'delivered' | 'quarantined' | 'skipped';

/** One term of the equation: an inference, or a line or event that is none. */
export interface Unit {
  readonly line: number;
  /** Null: the line or event as a whole. */
  readonly row: number | null;
  readonly outcome: Outcome;
  /** By the rule of docs/identity.md; null where nothing is sent. */
  readonly id: string | null;
}

export interface MadeFile {
  readonly number: number;
  readonly text: string;
  readonly units: readonly Unit[];
  readonly lines: number;
  readonly events: number;
  readonly rejectedLines: number;
  readonly skippedLines: number;
}

export interface FileShape {
  /** Lines, from and to. */
  readonly lines: readonly [number, number];
  /** Rows of an event, from and to. */
  readonly rows: readonly [number, number];
  /** Share of lines and rows that are not plain good ones. Default 0.15. */
  readonly odd?: number;
}

export const placeOf = (line: number, row: number): number => line * 1_000_000 + row;

/** Names of the columns `row` writes. */
export const INPUTS = ['file', 'place', 'at', 'x', 'note'] as const;
export const OUTPUTS = ['score'] as const;

export function makeFile(dice: Dice, number: number, shape: FileShape): MadeFile {
  const writer = new FileWriter(number, dice, shape.odd ?? 0.15);
  const lines = dice.int(...shape.lines);
  for (let at = 0; at < lines; at += 1) writer.add(dice.int(...shape.rows));
  return writer.end();
}

class FileWriter {
  private readonly text: string[] = [];
  private readonly units: Unit[] = [];
  private readonly counts = { events: 0, rejectedLines: 0, skippedLines: 0 };

  constructor(
    private readonly number: number,
    private readonly dice: Dice,
    private readonly odd: number,
  ) {}

  add(rows: number): void {
    // The first line is good: a file of bad rows alone looks like a wrong configuration, and is held.
    if (this.units.length === 0 || !this.dice.chance(this.odd)) return this.event(rows);
    const kinds = [
      () => this.torn(),
      () => this.mismatch(),
      () => this.label(),
      () => this.shadow(rows),
      () => void this.text.push(this.dice.pick(['', ' ', '\r'])),
    ] as const;
    this.dice.pick(kinds)();
  }

  end(): MadeFile {
    const ending = this.dice.chance(0.8) ? '\n' : '';
    const { events, rejectedLines, skippedLines } = this.counts;
    return {
      number: this.number,
      text: this.text.join('\n') + (this.text.length > 0 ? ending : ''),
      units: this.units,
      lines: events + rejectedLines + skippedLines,
      ...this.counts,
    };
  }

  private event(rows: number): void {
    const line = this.begin('events');
    const id = `event-${this.number}-${line}`;
    const inferenceId = this.dice.chance(0.2) ? `caller-${this.number}-${line}` : null;
    const cells = this.dice.times(rows, (row) => this.row(line, row, rows));
    const ids = inferenceId ?? id;
    cells.forEach(({ outcome }, row) => {
      const sent = rows > 1 ? `${ids}_${row}` : ids;
      this.units.push({ line, row, outcome, id: outcome === 'delivered' ? sent : null });
    });
    const input = csv(cells.map(({ text }) => text).join('\n'));
    const output = csv(cells.map((_, row) => `0.${row + 1}`).join('\n'));
    this.write({ eventId: id, inferenceId, input, output });
  }

  /** The partner refuses a time that is none; the decoder a row that lacks a cell. */
  private row(line: number, row: number, rows: number): { text: string; outcome: Outcome } {
    const start = `${this.number},${placeOf(line, row)}`;
    const isFirst = this.units.length === 0 && row === 0;
    if (isFirst || row % 3 !== 1 || !this.dice.chance(this.odd))
      return { text: `${start},2026-09-01T12:00:00Z,1.50,n`, outcome: 'delivered' };
    if (rows > 3 && this.dice.chance(0.5)) return { text: start, outcome: 'quarantined' };
    return { text: `${start},yesterday,1.50,n`, outcome: 'quarantined' };
  }

  private torn(): void {
    const line = this.begin('rejectedLines');
    this.units.push({ line, row: null, outcome: 'quarantined', id: null });
    this.text.push(`{"captureData": ${line}`);
  }

  /** Two answers for three rows: nobody can tell which belong together. */
  private mismatch(): void {
    const line = this.begin('events');
    this.units.push({ line, row: null, outcome: 'quarantined', id: null });
    const rows = [0, 1, 2].map((row) => `${this.number},${placeOf(line, row)},2026-09-01T12:00:00Z,1,n`);
    this.write({ eventId: `odd-${this.number}-${line}`, input: csv(rows.join('\n')), output: csv('0.1\n0.2') });
  }

  private label(): void {
    const line = this.begin('skippedLines');
    this.units.push({ line, row: null, outcome: 'skipped', id: null });
    this.text.push(
      JSON.stringify({ groundTruthData: { data: '1', encoding: 'CSV' }, eventMetadata: { eventId: 'x' } }),
    );
  }

  private shadow(rows: number): void {
    const line = this.begin('events');
    const cells = this.dice.times(rows, (row) => `${this.number},${placeOf(line, row)},2026-09-01T12:00:00Z,1,n`);
    for (let row = 0; row < rows; row += 1) this.units.push({ line, row, outcome: 'skipped', id: null });
    const sides = { input: csv(cells.join('\n')), output: csv(cells.map(() => '0.1').join('\n')) };
    this.write({ eventId: `shadow-${this.number}-${line}`, invocationSource: 'ShadowExperiment', ...sides });
  }

  private begin(kind: 'events' | 'rejectedLines' | 'skippedLines'): number {
    this.counts[kind] += 1;
    return this.text.length + 1;
  }

  private write(parts: Partial<CaptureEvent>): void {
    this.text.push(captureLine(parts) + (this.dice.chance(0.1) ? '\r' : ''));
  }
}
