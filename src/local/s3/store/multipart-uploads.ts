/** Multipart uploads in progress. They live in memory only: a restart forgets them and removes their parts. */
import { randomBytes } from 'node:crypto';
import type { Checksum, ChecksumAlgorithm } from '../wire/checksums';
import type { BodyFiles } from './body-files';

export interface UploadPart {
  readonly bodyId: string;
  readonly sizeBytes: number;
  readonly md5Hex: string;
  readonly checksum: Checksum | null;
}

export interface MultipartUpload {
  readonly uploadId: string;
  readonly bucket: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Null when the client asked for none at the start. */
  readonly checksumAlgorithm: ChecksumAlgorithm | null;
  readonly checksumType: Checksum['type'];
  readonly parts: ReadonlyMap<number, UploadPart>;
}

export class MultipartUploads {
  private readonly uploads = new Map<string, MultipartUpload & { readonly parts: Map<number, UploadPart> }>();

  constructor(private readonly bodies: BodyFiles) {}

  create(start: Omit<MultipartUpload, 'uploadId' | 'parts'>): MultipartUpload {
    const upload = { ...start, uploadId: randomBytes(32).toString('base64url'), parts: new Map<number, UploadPart>() };
    this.uploads.set(upload.uploadId, upload);
    return upload;
  }

  /** The upload of that id for exactly this object, or null. */
  find(uploadId: string, bucket: string, key: string): MultipartUpload | null {
    const upload = this.uploads.get(uploadId);
    return upload !== undefined && upload.bucket === bucket && upload.key === key ? upload : null;
  }

  /** Adds a part, in place of an earlier one of that number; false when the upload ended while the part came in. */
  addPart(uploadId: string, partNumber: number, part: UploadPart): boolean {
    const parts = this.uploads.get(uploadId)?.parts;
    if (parts === undefined) return false;
    const replaced = parts.get(partNumber);
    if (replaced !== undefined) this.bodies.remove(replaced.bodyId);
    parts.set(partNumber, part);
    return true;
  }

  /** Ends an upload, completed or aborted, and removes its parts. */
  end(uploadId: string): void {
    for (const part of this.uploads.get(uploadId)?.parts.values() ?? []) this.bodies.remove(part.bodyId);
    this.uploads.delete(uploadId);
  }
}
