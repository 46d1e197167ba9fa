import type { ModelConfig } from '../config/model-config';
import type { Clock } from '../core/deliver';
import type { FileProgress } from '../core/progress';
import { refusedIn } from '../core/progress-runs';
import { Ledger } from '../ledger/ledger';
import { Breaker } from '../pressure/breaker';
import { RateLimit } from '../pressure/rate-limit';
import { Quarantine } from '../quarantine/quarantine';
import type { StateStore } from '../store/state-store';
import { VERSION } from '../version';
import type { RelayState } from './relay-state';

/** State of one model in a store, for one run after another of this process. */
export function relayState(store: StateStore, config: ModelConfig, clock: Clock): RelayState {
  const breakers = new Map<string, Breaker>();
  const rates = new Map<string, RateLimit>();
  return {
    store,
    ledger: new Ledger(store, config.model, clock),
    breaker: ({ name }) => once(breakers, name, () => new Breaker(store, config.model, name, clock)),
    rate: ({ name, maxRequestsPerSecond }) =>
      maxRequestsPerSecond === null
        ? null
        : once(rates, name, () => new RateLimit(store, config.model, name, maxRequestsPerSecond, clock)),
    quarantine: (file, { sink, content, generation, earlier, progress, epoch }, readRange) => {
      const { done, gone, superseded, quarantined } = earlier.files;
      return new Quarantine({
        store,
        model: config.model,
        sink,
        file,
        content,
        contentOrdinal: done + gone + superseded + quarantined,
        generation,
        decoderVersion: VERSION,
        readRange,
        maxOriginalBytes: config.rules.maxLineBytes,
        isCounted: countedIn(progress),
        // Only an earlier run may have written what the ledger does not count.
        uncountedFrom: epoch > 1 ? progress.byteOffset : null,
      });
    },
  };
}

function once<T>(made: Map<string, T>, name: string, make: () => T): T {
  const known = made.get(name) ?? make();
  made.set(name, known);
  return known;
}

/** Whether the ledger counted a quarantined inference before this run began. */
function countedIn({ line: from, refused }: FileProgress): (line: number, row: number | null) => boolean {
  const isRefused = refusedIn(refused);
  return (line, row) => line < from || isRefused(line, row ?? 0);
}
