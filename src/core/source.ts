import type { CaptureFile } from './types';

/** Where the bytes of a capture file come from (S3, a folder, a test), and how reading can end badly. */
export interface Source {
  /** The bytes from the start to the end. Iterating throws a SourceFailure for what S3 or a disk may do. */
  readonly read: (file: CaptureFile, signal: AbortSignal, eTag?: string | null) => AsyncIterable<Uint8Array>;
}

export type SourceProblemKind =
  /** Deleted before it was read: counted and alarmed, retrying brings nothing. */
  | 'gone'
  /** Overwritten since the notification: the newer notification brings the newer content. */
  | 'superseded'
  /** Permissions: a person has to act, the file is still there. */
  | 'denied'
  /** Throttled, unreachable, cut off: later. */
  | 'unavailable';

/** Thrown through the byte stream only; `runWork` turns it into a value at once. */
export class SourceFailure extends Error {
  constructor(
    readonly kind: SourceProblemKind,
    /** A sentence that names the file and the usual causes. */
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'SourceFailure';
  }
}
