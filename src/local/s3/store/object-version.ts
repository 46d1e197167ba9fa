/** One version of one object: everything S3 knows of it but the bytes. */
import type { Checksum } from '../wire/checksums';

/** The id of what was written while versioning was off or suspended. Source: S3 User Guide, "How S3 Versioning works". */
export const NULL_VERSION_ID = 'null';

export interface ObjectVersion {
  readonly versionId: string;
  readonly deleteMarker: boolean;
  readonly lastModifiedMs: number;
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly etag: string;
  /** Of the bytes; differs from the etag of a multipart object. Copies take it as their etag. */
  readonly md5Hex: string;
  /** Name of the body file; null for a delete marker. */
  readonly bodyId: string | null;
  /** Content headers and user metadata, as they go out again; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly checksum: Checksum | null;
  /** Hexadecimal, grows from write to write. */
  readonly sequencer: string;
}

/** What a writer brings; the store adds id, time and sequencer when it decides. */
export type VersionDraft = Pick<ObjectVersion, 'sizeBytes' | 'etag' | 'md5Hex' | 'headers' | 'checksum'> & {
  readonly bodyId: string;
};
