/**
 * What became of inferences in a row, as text: lengths with one letter each. `d500 -20 a3 q1` are 500 delivered,
 * 20 unsettled, 3 accepted, 1 quarantined; `s` is skipped.
 */
/** One code an inference, as in `OUTCOMES`. */
export type OutcomeCodes = Uint8Array | number[];

const LETTERS = '-daqs';
const QUARANTINED = LETTERS.indexOf('q');

/** `rest`: what follows these lines, as `RunsReader.rest` gave it. */
export function runsText(lines: readonly OutcomeCodes[], rest: readonly Run[] = []): string {
  const runs: string[] = [];
  let current = 0;
  let length = 0;
  const add = (outcome: number, count: number): void => {
    if (outcome === current) length += count;
    else {
      if (length > 0) runs.push(`${LETTERS[current]}${length}`);
      current = outcome;
      length = count;
    }
  };
  for (const outcomes of lines) for (const outcome of outcomes) add(outcome, 1);
  for (const run of rest) add(run.outcome, run.length);
  // What is unsettled at the end goes without saying.
  if (current !== 0) runs.push(`${LETTERS[current]}${length}`);
  return runs.join(' ');
}

export interface Run {
  readonly outcome: number;
  readonly length: number;
}

/** Gives the outcomes back, a line's worth at a time. */
export class RunsReader {
  private readonly runs: { readonly outcome: number; length: number }[];
  private at = 0;

  constructor(text: string) {
    this.runs = parseRuns(text);
  }

  /** What nobody has taken yet. */
  rest(): readonly Run[] {
    return this.runs.slice(this.at);
  }

  /** Fills in what is known of the next inferences; returns how many of them are settled. */
  take(outcomes: OutcomeCodes): number {
    let filled = 0;
    let settled = 0;
    while (filled < outcomes.length) {
      const run = this.runs[this.at];
      if (run === undefined) break;
      const length = Math.min(run.length, outcomes.length - filled);
      outcomes.fill(run.outcome, filled, filled + length);
      if (run.outcome !== 0) settled += length;
      filled += length;
      run.length -= length;
      if (run.length === 0) this.at += 1;
    }
    return settled;
  }
}

/** The part of `refused` from a line on. */
export function refusedFrom(text: string, line: number): string[] {
  return text.split(' ').filter((range) => range !== '' && Number(range.split(':')[0]) >= line);
}

/** How many inferences the text says are settled, by outcome. */
export function runsCounts(text: string): {
  captured: number;
  delivered: number;
  accepted: number;
  quarantined: number;
  skipped: number;
} {
  const sum = [0, 0, 0, 0, 0];
  for (const { outcome, length } of parseRuns(text)) sum[outcome] = (sum[outcome] ?? 0) + length;
  const [, delivered = 0, accepted = 0, quarantined = 0, skipped = 0] = sum;
  return {
    captured: delivered + accepted + quarantined + skipped,
    delivered: delivered + accepted,
    accepted,
    quarantined,
    skipped,
  };
}

/** The quarantined rows of one line, as `line:row` or `line:first-last`. */
export function refusedText(line: number, outcomes: OutcomeCodes): string[] {
  const ranges: string[] = [];
  for (let row = outcomes.indexOf(QUARANTINED); row !== -1; row = outcomes.indexOf(QUARANTINED, row + 1)) {
    const first = row;
    while (outcomes[row + 1] === QUARANTINED) row += 1;
    ranges.push(first === row ? `${line}:${row}` : `${line}:${first}-${row}`);
  }
  return ranges;
}

/** Whether a row is among them. */
export function refusedIn(text: string): (line: number, row: number) => boolean {
  const rows = new Map<number, (readonly [number, number])[]>();
  for (const range of text.split(' ').filter((each) => each !== '')) {
    const [line = 0, first = 0, last = first] = range.split(/[:-]/).map(Number);
    rows.set(line, [...(rows.get(line) ?? []), [first, last]]);
  }
  return (line, row) => rows.get(line)?.some(([first, last]) => row >= first && row <= last) ?? false;
}

function parseRuns(text: string): { outcome: number; length: number }[] {
  return text
    .split(' ')
    .filter((run) => run !== '')
    .map((run) => ({ outcome: LETTERS.indexOf(run[0] ?? ''), length: Number(run.slice(1)) }));
}
