import type { CaptureFile } from '../core/types';

/**
 * A file on its way to its sinks, as our own message: sent when a run hands its file over, and by the sweep for a file
 * whose notification was lost. A fresh message, so that neither receives nor retention of the old one are used up.
 */
export interface WorkMessage {
  readonly file: CaptureFile;
  readonly eTag: string | null;
  readonly sequencer: string | null;
  readonly sizeBytes: number | null;
  /** Names of the sinks that still want it. */
  readonly sinks: readonly string[];
  /** By the state store's clock; null when nobody knows. */
  readonly firstSeenMs: number | null;
  /** How often in a row the file waited without any progress. */
  readonly waits: number;
  /** The ledger has this content, or had it: a run that may not begin need not note it. */
  readonly isOnRecord: boolean;
}

export function writeWorkMessage({ file, ...rest }: WorkMessage): string {
  return JSON.stringify({ captureRelay: 1, ...file, ...rest });
}

/** Null for what is no such message. */
export function readWorkMessage(document: Readonly<Record<string, unknown>>): WorkMessage | null {
  const { captureRelay, bucket, key, sinks } = document;
  if (captureRelay !== 1 || typeof bucket !== 'string' || typeof key !== 'string' || !Array.isArray(sinks)) return null;
  return {
    file: { bucket, key, versionId: textOrNull(document.versionId) },
    eTag: textOrNull(document.eTag),
    sequencer: textOrNull(document.sequencer),
    sizeBytes: numberOrNull(document.sizeBytes),
    sinks: sinks.filter((sink) => typeof sink === 'string'),
    firstSeenMs: numberOrNull(document.firstSeenMs),
    waits: numberOrNull(document.waits) ?? 0,
    isOnRecord: document.isOnRecord === true,
  };
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const numberOrNull = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;
