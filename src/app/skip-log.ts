import type { Log, LogFields } from '../aws/log';
import type { Skip } from '../core/types';

/** What was left out of a file on purpose: one log line a kind, with how much and where it began. */
export class SkipLog {
  private readonly byKind = new Map<string, { readonly first: Skip; lines: number; inferences: number }>();

  constructor(
    private readonly log: Log,
    private readonly file: LogFields,
  ) {}

  add(skip: Skip): void {
    const known = this.byKind.get(skip.kind);
    if (known === undefined) {
      this.byKind.set(skip.kind, { first: skip, lines: skip.lines, inferences: skip.inferences });
      return;
    }
    known.lines += skip.lines;
    known.inferences += skip.inferences;
  }

  flush(): void {
    for (const [kind, { first, lines, inferences }] of this.byKind) {
      this.log('info', `skipped: ${first.reason}`, {
        ...this.file,
        kind,
        firstLine: first.place.line,
        skippedLines: lines,
        skippedInferences: inferences,
      });
    }
    this.byKind.clear();
  }
}
