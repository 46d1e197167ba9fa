import type { TallyCounts } from '../../core/tally';
import type { WorkReport } from './work-report';

/**
 * The equation over everything fed so far, from two sides that know nothing of each other: what was captured is counted
 * here, from the files; what became of it is what the Lambda reported; and what arrived is what the partners hold.
 */
export interface ScoreRow {
  readonly sink: string;
  readonly captured: number;
  readonly delivered: number;
  readonly quarantined: number;
  readonly skipped: number;
  readonly inFlight: number;
  /** Rows the partner stored, repeats included; null for a sink that is no partner of ours to ask. */
  readonly atPartner: number | null;
  readonly files: { readonly seen: number; readonly done: number };
}

interface CountedFile {
  readonly captured: number;
}

export class Scoreboard {
  private readonly captured = new Map<string, CountedFile>();
  private readonly uncounted = new Set<string>();
  private readonly works = new Map<string, WorkReport>();

  constructor(
    private readonly sinks: readonly string[],
    private readonly storedAt: (sink: string) => number | null,
  ) {}

  /** A file that was put and is not counted yet: until it is, no equation can be told to close. */
  fileSeen(key: string, version: string | null): void {
    this.uncounted.add(id(key, version));
  }

  get filesUncounted(): number {
    return this.uncounted.size;
  }

  /** `version` tells two contents of one key apart. */
  fileCounted(key: string, version: string | null, captured: number): void {
    this.uncounted.delete(id(key, version));
    this.captured.set(id(key, version), { captured });
  }

  worked(report: WorkReport): void {
    this.works.set(`${report.sink} ${id(report.key, report.versionId)}`, report);
  }

  rows(): ScoreRow[] {
    return this.sinks.map((sink) => this.row(sink));
  }

  /** Sinks for which the sides do not agree; empty when the equation closes. */
  open(): string[] {
    return this.rows()
      .filter((row) => row.captured !== row.delivered + row.quarantined + row.skipped + row.inFlight)
      .map((row) => row.sink);
  }

  private row(sink: string): ScoreRow {
    const sum = { captured: 0, delivered: 0, quarantined: 0, skipped: 0, inFlight: 0 };
    let done = 0;
    for (const [file, { captured }] of this.captured) {
      sum.captured += captured;
      const report = this.works.get(`${sink} ${file}`);
      if (report === undefined || report.state === 'inFlight') {
        // A work that will be done again: nothing of it is settled yet.
        sum.inFlight += captured;
        continue;
      }
      done += 1;
      addSettled(sum, report.ledger ?? report.tally);
    }
    return { sink, ...sum, atPartner: this.storedAt(sink), files: { seen: this.captured.size, done } };
  }
}

function addSettled(
  sum: { delivered: number; quarantined: number; skipped: number },
  tally: Pick<TallyCounts, 'delivered' | 'quarantined' | 'skipped'>,
): void {
  sum.delivered += tally.delivered;
  sum.quarantined += tally.quarantined;
  sum.skipped += tally.skipped;
}

const id = (key: string, version: string | null): string => `${key} ${version ?? ''}`;
