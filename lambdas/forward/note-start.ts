import type { Log } from '../../src/aws/log';
import type { ModelConfig } from '../../src/config/model-config';
import { type StateStore, StoreUnavailable } from '../../src/store/state-store';
import { UnreadableState } from '../../src/store/unreadable-state';
import { ensureStart } from '../../src/sweep/start-marker';
import { SWEEP_LINES } from '../../src/sweep/sweep-options';

let isNoted = false;

/** From when on captures are missing if nobody delivers them: noted once a process, and later where the store is away. */
export async function noteStart(store: StateStore | null, config: ModelConfig, log: Log): Promise<void> {
  if (store === null || isNoted) return;
  try {
    for (const { name: sink } of config.sinks) {
      const start = await ensureStart(store, config.model, sink);
      // What is delivered does not depend on it; the sweep's and status' word does.
      if (start instanceof UnreadableState)
        log('error', SWEEP_LINES.start, { sink, code: start.code, reason: start.message });
    }
    isNoted = true;
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
  }
}
