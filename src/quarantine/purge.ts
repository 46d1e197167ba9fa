import type { Clock } from '../core/deliver';
import { type StateStore, StoreUnavailable } from '../store/state-store';
import { FilePurge } from './purge-file';
import { segmentsByFile } from './segments';

/** Throws away what nobody brought back: a person's order, counted as such. */
export interface Purge {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly model: string;
  readonly sink: string;
  /** Objects that were written last longer ago than this, by the store's clock. */
  readonly olderThanMs: number;
  /** Count only. */
  readonly isDryRun: boolean;
  readonly shouldStop: () => boolean;
  readonly onFile: (progress: SinkPurge) => void;
}

/** What a purge did for one sink: kept up to date while it runs, and the report of it afterwards. */
export interface SinkPurge {
  readonly sink: string;
  /** Files with objects that are old enough. */
  files: number;
  /** Of them, objects that were emptied or thrown away. */
  objects: number;
  /** Inferences. */
  purged: number;
  /** Inferences in old objects that stay, by the reason. */
  readonly kept: Map<KeptReason, number>;
  /** Keys of objects of the state that cannot be read, and stay: nobody knows how many inferences. */
  readonly unreadable: Set<string>;
  stop: { readonly code: string; readonly reason: string } | null;
}

/** Each as it is printed. */
export const KEPT = {
  inFlight: 'of files in flight; they can be purged once these are done',
  busy: 'of files that another run holds now; run the command again',
  open: 'of lines that their file was in the middle of when it ended',
  unreadable: 'that cannot be moved, because another object of their file cannot be read',
} as const;
export type KeptReason = keyof typeof KEPT;

/** Never throws for what the store may do. */
export async function purge(options: Purge): Promise<SinkPurge> {
  const { store, model, sink } = options;
  const progress: SinkPurge = {
    sink,
    files: 0,
    objects: 0,
    purged: 0,
    kept: new Map(),
    unreadable: new Set(),
    stop: null,
  };
  try {
    for await (const file of segmentsByFile(store, { model, sink, hours: null })) {
      if (options.shouldStop() || progress.stop !== null) break;
      await new FilePurge(options, progress).run(file);
    }
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    progress.stop = { code: 'STATE_UNAVAILABLE', reason: error.message };
  }
  return progress;
}
