import type { TallyCounts } from '../../core/tally';
import type { LedgerCounts } from '../../ledger/entry';

/** What the forward Lambda says of its works on standard output, read back: the last line of a work is its result. */
export interface WorkReport {
  readonly sink: string;
  readonly key: string;
  readonly versionId: string | null;
  readonly state: 'done' | 'inFlight' | 'gone' | 'superseded';
  readonly tally: TallyCounts;
  /** Of the file over all its runs; null when no ledger keeps them. */
  readonly ledger: LedgerCounts | null;
  readonly message: string;
}

export interface RejectionSaid {
  readonly kind: 'rejection';
  readonly sink: string;
  readonly key: string;
  readonly code: string;
  readonly reason: string;
  readonly lines: readonly number[];
}

export type LambdaSays =
  | RejectionSaid
  | { readonly kind: 'work'; readonly report: WorkReport }
  | { readonly kind: 'problem'; readonly level: string; readonly message: string }
  | { readonly kind: 'skip'; readonly key: string; readonly reason: string }
  | { readonly kind: 'other' };

// Traffic meant for another sink is no news: the table shows it under skipped.
const ROUTED = new Set(['shadow', 'variant']);

/** Runtimes put a prefix before what a function prints; the object starts at the first brace. */
export function readLambdaLine(line: string): LambdaSays {
  const start = line.indexOf('{"level"');
  if (start === -1) return { kind: 'other' };
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line.slice(start)) as Record<string, unknown>;
  } catch {
    return { kind: 'other' };
  }
  const message = String(fields.message);
  if (typeof fields.state === 'string' && typeof fields.captured === 'number')
    return {
      kind: 'work',
      report: {
        ...(fields as unknown as WorkReport),
        tally: fields as unknown as TallyCounts,
        ledger: Array.isArray(fields.ledger) ? ((fields.ledger[0] as LedgerCounts | undefined) ?? null) : null,
        message,
      },
    };
  if (typeof fields.kind === 'string' && !ROUTED.has(fields.kind) && message.startsWith('skipped: '))
    return { kind: 'skip', key: String(fields.key), reason: message.slice('skipped: '.length) };
  if (message.startsWith('rejected: ') && Array.isArray(fields.places)) {
    const lines = (fields.places as { line: number }[]).map((place) => place.line);
    return {
      kind: 'rejection',
      sink: String(fields.sink),
      key: String(fields.key),
      code: String(fields.code),
      reason: message.slice('rejected: '.length),
      lines,
    };
  }
  return fields.level === 'info' ? { kind: 'other' } : { kind: 'problem', level: String(fields.level), message };
}
