import { fileName } from '../core/capture-key';
import { messageOf } from '../core/errors';
import { SourceFailure } from '../core/source';
import type { CaptureFile } from '../core/types';

/** What S3 said, as a sentence for the person who has to act: the object, the answer, the usual causes. */
export function readFailure(error: unknown, file: CaptureFile): SourceFailure {
  if (error instanceof SourceFailure) return error;
  const name = error instanceof Error ? error.name : 'Error';
  const status = statusOf(error);
  const where = `${fileName(file)}${file.versionId === null ? '' : ` (version ${file.versionId})`}`;
  if (name === 'NoSuchBucket')
    return new SourceFailure(
      'denied',
      `bucket ${file.bucket} does not exist; check the bucket of the notification and the region of this function`,
      { cause: error },
    );
  if (status === 404)
    return new SourceFailure('gone', `${where} was deleted before it was read (${name})`, { cause: error });
  if (status === 412)
    return new SourceFailure(
      'superseded',
      `${where} was overwritten since its notification; the newer notification brings the newer content`,
      { cause: error },
    );
  if (status === 403) {
    return new SourceFailure(
      'denied',
      `${where} may not be read (${name}). Usual causes: the role lacks s3:GetObject on this prefix (and s3:GetObjectVersion where the bucket is versioned), or kms:Decrypt on the bucket's key`,
      { cause: error },
    );
  }
  if (status === 301 || name === 'PermanentRedirect')
    return new SourceFailure(
      'denied',
      `bucket ${file.bucket} is in another region than this function; they must be in one region`,
      { cause: error },
    );
  return new SourceFailure('unavailable', `${where} could not be read: ${name}: ${messageOf(error)}`, { cause: error });
}

export function statusOf(error: unknown): number | null {
  const metadata =
    typeof error === 'object' && error !== null && '$metadata' in error
      ? (error.$metadata as { httpStatusCode?: number })
      : null;
  return metadata?.httpStatusCode ?? null;
}
