import { type StateStore, StoreUnavailable } from '../store/state-store';
import { hourOf } from './hours';

/**
 * Since when a sink gets the captures of a model. Captures of earlier hours are not missing: they are "before start",
 * and a replay brings them when somebody wants them.
 */
export interface StartMarker {
  readonly schema: 1;
  /** The first hour that counts; as a whole, because a file of it may come at any of its minutes. */
  readonly sinceHour: string;
  /** By the store's clock. */
  readonly atMs: number;
}

export const startKey = (model: string, sink: string): string => `start/v1/${model}/${sink}`;

/** Null before anything ran for this sink. Throws StoreUnavailable. */
export async function readStart(store: StateStore, model: string, sink: string): Promise<StartMarker | null> {
  const stored = await store.get(startKey(model, sink));
  return stored === null ? null : (JSON.parse(stored.body) as StartMarker);
}

/** Several functions may start at once, and S3 may answer a conflict to all of them: then none has written. */
const MAX_ROUNDS = 5;

/**
 * The marker, made now if there is none: whoever is first says when it began. One GET when it is there, so that every
 * cold start can ask. Throws StoreUnavailable.
 */
export async function ensureStart(store: StateStore, model: string, sink: string): Promise<StartMarker> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const known = await readStart(store, model, sink);
    if (known !== null) return known;
    // After an answer of the store: before it, its clock is the machine's.
    const atMs = store.nowMs();
    const marker: StartMarker = { schema: 1, sinceHour: hourOf(atMs), atMs };
    const written = await store.put(startKey(model, sink), JSON.stringify(marker), 'absent');
    if (written.kind === 'written') return marker;
  }
  throw new StoreUnavailable(`${startKey(model, sink)} could not be created: ${MAX_ROUNDS} conflicts in a row`);
}
