import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/deliver';
import { compareAndSet } from '../store/compare-and-set';
import type { StateStore, Stored } from '../store/state-store';
import { admit } from './admission';
import { Claim } from './claim';
import { type LedgerEntry, readEntry, writeEntry } from './entry';
import { CLAIM_PATIENCE_MS, patient } from './patience';

/** An entry as `redrive` and `purge` leave it: they move what is in quarantine, long after the file is done. */
export interface ReopenedEntry extends LedgerEntry {
  readonly leaving?: Leaving | null;
}

/**
 * Rows that the entry counts in quarantine no more, and whose records may still stand there, because whoever moved them
 * was killed in between. They are void: the next one who opens the file takes them away before anything else.
 */
export interface Leaving {
  readonly contentOrdinal: number;
  readonly segment: number;
  /** See `src/quarantine/leaving.ts`. */
  readonly rows: string;
}

export type ReopenAnswer =
  | { readonly kind: 'reopened'; readonly claim: Claim; readonly entry: ReopenedEntry }
  /** The ledger knows no such file. */
  | { readonly kind: 'absent' }
  /** Not finished: it goes on by itself, and what it refuses meanwhile stays where it is. */
  | { readonly kind: 'inFlight' }
  | { readonly kind: 'busy' };

/**
 * Leases a finished file, which `Ledger.claim` does not: its state, progress and attempts stay as they are, so that a
 * notification that comes meanwhile waits, and finds it as done as before. Throws StoreUnavailable.
 */
export async function reopen(
  store: StateStore,
  key: string,
  { clock, leaseMs }: { clock: Clock; leaseMs: number },
): Promise<ReopenAnswer> {
  const stored = await store.get(key);
  if (stored === null) return { kind: 'absent' };
  const known = readEntry(stored.body, key);
  if (known.state === 'inFlight') return { kind: 'inFlight' };
  if (isHeld(stored, known)) return { kind: 'busy' };
  const entry: ReopenedEntry = {
    ...known,
    writeId: randomUUID(),
    epoch: known.epoch + 1,
    lease: { owner: randomUUID(), durationMs: leaseMs },
  };
  const startedMs = clock.nowMs();
  const write = { body: writeEntry(entry), expected: stored.tag };
  const written = await compareAndSet(store, key, write, patient(clock, CLAIM_PATIENCE_MS));
  if (written.kind === 'lost') return { kind: 'busy' };
  const claim = new Claim(store, key, { entry, tag: written.tag }, clock, startedMs, leaseMs);
  return { kind: 'reopened', claim, entry };
}

function isHeld(stored: Stored, entry: LedgerEntry): boolean {
  const { content, configHash } = entry;
  return admit({ ...stored, entry }, { content, configHash, again: false, isAlone: true }).kind === 'busy';
}

/** Contents and generations of the file that were closed before: see `SegmentPlace`. */
export function contentOrdinalOf({ earlier }: Pick<LedgerEntry, 'earlier'>): number {
  const { done, gone, superseded, quarantined } = earlier.files;
  return done + gone + superseded + quarantined;
}
