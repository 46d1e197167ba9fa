import type { ModelConfig } from '../../src/config/model-config';
import { type StateStore, StoreUnavailable } from '../../src/store/state-store';
import { ensureStart } from '../../src/sweep/start-marker';

let isNoted = false;

/** From when on captures are missing if nobody delivers them: noted once a process, and later where the store is away. */
export async function noteStart(store: StateStore | null, config: ModelConfig): Promise<void> {
  if (store === null || isNoted) return;
  try {
    for (const sink of config.sinks) await ensureStart(store, config.model, sink.name);
    isNoted = true;
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
  }
}
