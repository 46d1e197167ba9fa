import { isNumber, parsedAs, withMembers } from '../store/shape';
import { type StateStore, StoreUnavailable } from '../store/state-store';
import { UnreadableState } from '../store/unreadable-state';
import { hourOf, isHour } from './hours';

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

/** Null before anything ran for this sink. */
export type KnownStart = StartMarker | UnreadableState | null;

/** A damaged marker is not made anew: captures from before that moment would then be missed by nobody. Throws StoreUnavailable. */
export async function readStart(store: StateStore, model: string, sink: string): Promise<KnownStart> {
  const key = startKey(model, sink);
  const stored = await store.get(key);
  return stored === null ? null : (parsedAs(stored.body, isStart) ?? new UnreadableState(key));
}

const isStart = withMembers<StartMarker>({
  schema: (value): value is 1 => value === 1,
  sinceHour: isHour,
  atMs: isNumber,
});

/** Several functions may start at once, and S3 may answer a conflict to all of them: then none has written. */
const MAX_ROUNDS = 5;

/**
 * The marker, made now if there is none: whoever is first says when it began. One GET when it is there, so that every
 * cold start can ask. One that cannot be read stays as it is. Throws StoreUnavailable.
 */
export async function ensureStart(
  store: StateStore,
  model: string,
  sink: string,
): Promise<StartMarker | UnreadableState> {
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
