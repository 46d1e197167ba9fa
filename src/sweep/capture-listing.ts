import type { CaptureFile } from '../core/types';

/** A capture file as the store of captures lists it now. */
export interface ListedFile {
  readonly file: CaptureFile;
  /** Null on a disk. */
  readonly eTag: string | null;
  readonly sizeBytes: number | null;
  /** When this content was written, by the clock of its store. */
  readonly modifiedMs: number;
}

/** What stands in one folder. Folder names are whole keys and end with `/`. */
export interface FolderPage {
  readonly files: readonly ListedFile[];
  readonly folders: readonly string[];
}

/**
 * Folders of captures in a bucket or on a disk. All of it throws a SourceFailure for what S3 or a disk may do. Files
 * of other names than the reader was made for are left out.
 */
export interface FolderReader {
  readonly list: (folder: string) => AsyncIterable<FolderPage>;
  /** Some key below the folder; null when there is none. */
  readonly anyKey: (folder: string) => Promise<string | null>;
}

/** Which hours hold files, found by one walk over the folders; their files are listed when asked for. */
export interface ListedHours {
  /** Of that hour, or outside the layout for `NO_HOUR`: those found so far. In the order of their keys. */
  readonly files: (hour: string) => Promise<readonly ListedFile[]>;
}

export interface CaptureListing {
  readonly survey: (hours: readonly string[]) => Promise<ListedHours>;
}
