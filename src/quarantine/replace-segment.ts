import { type StateStore, type Stored, StoreUnavailable } from '../store/state-store';

/**
 * Puts `body` in place of what was read, or removes it when `body` is empty. Returns its tag, or null when nothing
 * stands there now. Whoever holds the file's lease is the only one who writes its segments: when something else stands
 * there all of a sudden, one of the two lost the lease and does not know it yet. Nobody can tell here which, so the
 * write fails, the run ends, and the ledger decides. Throws StoreUnavailable.
 */
export async function replaceSegment(
  store: StateStore,
  key: string,
  read: Stored | null,
  body: string,
): Promise<string | null> {
  if (body === (read?.body ?? '')) return read?.tag ?? null;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const written = await tryOnce(store, key, read, body);
    if (written !== null) return written.tag;
    const current = await store.get(key);
    // A write of ours whose answer was lost on its way, and which was repeated below.
    if ((current?.body ?? '') === body) return current?.tag ?? null;
    if ((current?.tag ?? null) !== (read?.tag ?? null))
      throw new StoreUnavailable(`${key} was written by another run at the same time`);
  }
  throw new StoreUnavailable(`${key} could not be written: the store reported a conflict ${MAX_ATTEMPTS} times`);
}

/** S3 answers 409 to a write that met another one; here that can only be an earlier try of the same write. */
const MAX_ATTEMPTS = 3;

/** Null: refused. */
async function tryOnce(
  store: StateStore,
  key: string,
  read: Stored | null,
  body: string,
): Promise<{ readonly tag: string | null } | null> {
  if (body === '') {
    const removed = await store.remove(key, read === null ? undefined : { tag: read.tag });
    return removed === 'removed' ? { tag: null } : null;
  }
  const written = await store.put(key, body, read === null ? 'absent' : { tag: read.tag });
  return written.kind === 'written' ? written : null;
}
