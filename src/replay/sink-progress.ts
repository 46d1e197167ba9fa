import type { SinkConfig } from '../config/model-config';
import type { DeliveryStop } from '../core/deliver';
import { emptyTally, type TallyCounts } from '../core/tally';
import type { SkipKind } from '../core/types';
import type { ReplayFile } from './replay-source';
import type { Requests } from './watched-sink';

/** How far the replay to one sink is: kept up to date while it runs, and the report of it afterwards. */
export interface SinkProgress {
  readonly sink: string;
  readonly files: {
    readonly chosen: number;
    done: number;
    unread: number;
    /** Of `done`: delivered before, as the ledger says. */
    before: number;
    /** Another run works on them, or their entries cannot be read: who goes on must look at them again. */
    left: number;
  };
  /** Stored bytes of the files, and of them those that were read. */
  readonly bytes: { readonly chosen: number; read: number };
  /** Of all files that ended, however they did. */
  readonly tally: TallyCounts;
  /** Inferences delivered so far, those of the open file included. */
  delivered: number;
  readonly requests: Requests;
  /** Ids that the partner gave. */
  partnerIds: number;
  readonly skips: Map<SkipKind, { readonly reason: string; inferences: number }>;
  readonly surplusColumns: Set<string>;
  /** Lines of files at the edge of the window that lie outside of it. */
  linesOutside: number;
  /** Events that were taken although nothing tells their time. */
  timelessEvents: number;
  /** The last file up to which all are done with (delivered, or reported as unreadable); null before the first. */
  lastFile: ReplayFile | null;
  /** The file that was begun and is not done with. */
  openFile: ReplayFile | null;
  /** Why this sink takes nothing more; null while it does. */
  stop: DeliveryStop | null;
}

export function startProgress(config: SinkConfig, files: readonly ReplayFile[]): SinkProgress {
  return {
    sink: config.name,
    files: { chosen: files.length, done: 0, unread: 0, before: 0, left: 0 },
    bytes: { chosen: files.reduce((sum, file) => sum + file.byteLength, 0), read: 0 },
    tally: emptyTally(),
    delivered: 0,
    requests: { count: 0, bytes: 0 },
    partnerIds: 0,
    skips: new Map(),
    surplusColumns: new Set(),
    linesOutside: 0,
    timelessEvents: 0,
    lastFile: null,
    openFile: null,
    stop: null,
  };
}

/** The open file is done with. A file that was left must not lie before the place from which a replay goes on. */
export function passed(progress: SinkProgress, file: ReplayFile): void {
  if (progress.files.left === 0) progress.lastFile = file;
  progress.openFile = null;
}

/** Every chosen file was done with, nothing was rejected, and nothing is in flight. */
export function isWhole({ files, tally, stop }: SinkProgress): boolean {
  return files.done === files.chosen && stop === null && tally.quarantined === 0 && tally.inFlight === 0;
}
