import type { Clock } from '../core/deliver';
import { type StateStore, type Stored, StoreUnavailable, type Written } from './state-store';

/** One replacement: `body` in place of what `expected` names. */
export interface Replacement {
  /** Holds something random of its own (a writeId): a body that equals ours is our own write, and nobody else's. */
  readonly body: string;
  /** The tag of what stands there now; null when nothing does. */
  readonly expected: string | null;
}

export type Replaced =
  | { readonly kind: 'written'; readonly tag: string }
  /** Another writer was first, or came after a write of ours whose answer was lost: what stands there now, if anything. */
  | { readonly kind: 'lost'; readonly current: Stored | null };

/** Full jitter below 100, 200, 400 ms …: AWS Architecture Blog, "Exponential Backoff And Jitter". */
const BASE_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;

/** Timers may fire a moment early; a run that ends wakes its sleepers earlier than that. */
const EARLY_WAKE_MS = 2;

/**
 * Writes once, whatever becomes of the answers, and tells for certain who won. What was refused, or has no answer, is
 * read again: our own body means that it landed; the expected one (or none, where none was expected) means that nobody
 * did, so the same write is tried again, until the clock's deadline.
 *
 * A write without an answer may land late, even after this has returned. That does no harm: every attempt names the same
 * condition, so only one of them can meet it. One that lands after a later attempt won finds another tag, or something
 * where nothing was expected, and is refused. (Only under a key that was removed meanwhile could a late creation land.)
 *
 * Throws StoreUnavailable when time is up before it is known, and when the run ends (the clock's sleep returns early):
 * the write may have landed then, or land still.
 */
export async function compareAndSet(
  store: StateStore,
  key: string,
  replacement: Replacement,
  clock: Pick<Clock, 'sleep' | 'random' | 'nowMs' | 'deadlineMs'>,
): Promise<Replaced> {
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await tryOnce(store, key, replacement);
    if (outcome.kind !== 'unknown') return outcome;
    const waitMs = clock.random() * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** attempt);
    const wakeMs = clock.nowMs() + waitMs;
    if (wakeMs >= clock.deadlineMs)
      throw gaveUp(key, `the time for it is used up after ${attempt + 1} attempts`, outcome);
    await clock.sleep(waitMs);
    if (clock.nowMs() < wakeMs - EARLY_WAKE_MS) throw gaveUp(key, 'the run was stopped', outcome);
  }
}

/** Not known, or known to have no winner yet. */
interface Unknown {
  readonly kind: 'unknown';
  readonly why: string;
  readonly cause?: StoreUnavailable;
}

async function tryOnce(store: StateStore, key: string, { body, expected }: Replacement): Promise<Replaced | Unknown> {
  const put = await orUnknown(store.put(key, body, expected === null ? 'absent' : { tag: expected }));
  if (put.kind === 'written') return put;
  const read = await orUnknown(store.get(key).then((current) => ({ kind: 'read' as const, current })));
  if (read.kind === 'unknown') return read;
  const { current } = read;
  if (current?.body === body) return { kind: 'written', tag: current.tag };
  const isUnchanged = (current?.tag ?? null) === expected;
  if (!isUnchanged) return { kind: 'lost', current };
  return put.kind === 'unknown' ? put : { kind: 'unknown', why: REFUSED[put.kind] };
}

const REFUSED: Readonly<Record<Exclude<Written['kind'], 'written'>, string>> = {
  conflict: 'the store refused the write as a conflict, and nobody else had written',
  gone: 'the store said that nothing was there, and then that it was',
};

async function orUnknown<T>(answer: Promise<T>): Promise<T | Unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof StoreUnavailable) return { kind: 'unknown', why: error.message, cause: error };
    throw error;
  }
}

function gaveUp(key: string, why: string, { why: last, cause }: Unknown): StoreUnavailable {
  return new StoreUnavailable(`it is not known whether ${key} was written: ${why}; last: ${last}`, { cause });
}
