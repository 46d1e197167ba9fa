import type { Source } from '../core/source';
import type { CaptureFile } from '../core/types';

/** Where history is: the files of a folder or a bucket, in the order of their keys, and how each is read. */
export interface ReplaySource extends Source {
  readonly files: readonly ReplayFile[];
  /** Files that were passed over because of their name. */
  readonly passedOver: readonly string[];
  readonly close: () => void;
}

export interface ReplayFile {
  readonly file: CaptureFile;
  /** As it is stored, packed or not; 0 when unknown. For the progress bar alone. */
  readonly byteLength: number;
  /** Changes with its content; null when nothing tells. */
  readonly eTag: string | null;
}

// What Data Capture, batch transform and Model Monitor write, packed or not; other files of a folder are passed over.
const READ_IN_FOLDERS = /\.(?:jsonl|ndjson|json|out)(?:\.gz)?$/i;

export const isReadInFolders = (name: string): boolean => READ_IN_FOLDERS.test(name);

/** S3's own order, by the bytes of UTF-8. Below one variant it is the order of time: keys begin with the hour. */
export function compareKeys(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
