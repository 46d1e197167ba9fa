import { FILE_START } from '../core/progress';
import { runsCounts } from '../core/progress-runs';
import { addCounts, type Content, type LedgerEntry, NO_COUNTS } from './entry';

/** What a run may do with a file, by what the ledger says of it. Pure. */
export type Admission =
  /** Nobody works on it: take it, from `entry.progress` on. */
  | { readonly kind: 'take'; readonly entry: LedgerEntry }
  /** As often as allowed a run began it and never came back: give it up. */
  | { readonly kind: 'poison'; readonly entry: LedgerEntry }
  /** A run began it and never came back: take it alone, so that no other file shares its end. */
  | { readonly kind: 'suspect' }
  /** Finished: there is nothing to do. */
  | { readonly kind: 'done'; readonly entry: LedgerEntry }
  /** The notification is older than what the ledger knows: there is nothing to do. */
  | { readonly kind: 'stale' }
  | { readonly kind: 'busy'; readonly waitMs: number }
  /** Other content than the ledger's: the bytes must tell whether it only looks so. */
  | { readonly kind: 'compare'; readonly entry: LedgerEntry };

export interface Asked {
  readonly content: Content;
  readonly configHash: string;
  /** Deliver a finished file once more, as a new generation. */
  readonly again: boolean;
  /** No other file shares this run. */
  readonly isAlone: boolean;
}

/** A file that ended so many runs without any progress ends no more of them. */
export const MAX_ATTEMPTS = 3;

/** Both of S3's times are cut to whole seconds, so their difference may be wrong by one. */
const CLOCK_TOLERANCE_MS = 1_000;

export function admit(
  { entry, modifiedMs, answeredMs }: { entry: LedgerEntry; modifiedMs: number; answeredMs: number },
  asked: Asked,
): Admission {
  if (isOlder(asked.content, entry.content)) return { kind: 'stale' };
  if (entry.lease !== null) {
    const { durationMs } = entry.lease;
    const heldMs = answeredMs - modifiedMs;
    // Written far in the future: the clock was set back since, as a laptop's may be, and tells nothing. Who still holds
    // the lease is fenced off by the next write.
    const waitMs = heldMs < -durationMs ? 0 : durationMs + CLOCK_TOLERANCE_MS - heldMs;
    if (waitMs > 0) return { kind: 'busy', waitMs };
  }
  if (!isSame(asked.content, entry.content)) return { kind: 'compare', entry };
  return admitSame(entry, asked);
}

/** Once it is known that the ledger speaks of these very bytes. */
export function admitSame(known: LedgerEntry, asked: Asked): Admission {
  // A sweep's message and a replay know no sequencer: by the one that is known an older notification is told.
  const sequencer = asked.content.sequencer ?? known.content.sequencer;
  const entry = { ...known, content: { ...asked.content, sequencer } };
  if (entry.state === 'done' || entry.state === 'quarantined')
    return asked.again ? { kind: 'take', entry: nextGeneration(entry, asked) } : { kind: 'done', entry };
  if (entry.attempts >= MAX_ATTEMPTS) return { kind: 'poison', entry };
  if (entry.attempts > 0 && !asked.isAlone) return { kind: 'suspect' };
  return { kind: 'take', entry: underConfiguration({ ...entry, state: 'inFlight' }, asked.configHash) };
}

/** Other bytes stand under the key now: what the ledger knew is closed, and they begin at their start. */
export function admitOther(known: LedgerEntry, { content, configHash }: Asked): Admission {
  const state = known.state === 'inFlight' ? 'superseded' : known.state;
  return { kind: 'take', entry: { ...restarted(known, state, configHash), content } };
}

function nextGeneration(entry: LedgerEntry, { configHash }: Asked): LedgerEntry {
  return {
    ...restarted(entry, entry.state === 'inFlight' ? 'superseded' : entry.state, configHash),
    generation: entry.generation + 1,
  };
}

function restarted(
  entry: LedgerEntry,
  state: Exclude<LedgerEntry['state'], 'inFlight'>,
  configHash: string,
): LedgerEntry {
  const { files, counts } = entry.earlier;
  return {
    ...entry,
    state: 'inFlight',
    progress: FILE_START,
    counts: NO_COUNTS,
    attempts: 0,
    configHash,
    stop: null,
    batches: [],
    earlier: { files: { ...files, [state]: files[state] + 1 }, counts: addCounts(counts, entry.counts) },
  };
}

/** Another configuration may make other rows of an event: what was settled of one in the middle is done anew. */
function underConfiguration(entry: LedgerEntry, configHash: string): LedgerEntry {
  if (entry.configHash === configHash) return entry;
  const counts = addCounts(entry.counts, runsCounts(entry.progress.runs), -1);
  return { ...entry, configHash, counts, progress: { ...entry.progress, runs: '', refused: '' } };
}

/** An ETag tells contents apart better than a version id: a copy over itself has a new id, and often the same ETag. */
function isSame(a: Content, b: Content): boolean {
  if (a.eTag !== null && b.eTag !== null && a.eTag === b.eTag) return true;
  return a.versionId === b.versionId && (a.versionId !== null || a.eTag === b.eTag);
}

/** AWS, "Event message structure": of two sequencers of a key, made equally long by zeros on the right, the greater is later. */
function isOlder(asked: Content, known: Content): boolean {
  if (asked.sequencer === null || known.sequencer === null || isSame(asked, known)) return false;
  const length = Math.max(asked.sequencer.length, known.sequencer.length);
  return asked.sequencer.padEnd(length, '0').toUpperCase() < known.sequencer.padEnd(length, '0').toUpperCase();
}
