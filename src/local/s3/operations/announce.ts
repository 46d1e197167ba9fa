/** Tells the notifier what an operation did, in the words of S3's events. */
import type { Removed } from '../store/object-store';
import type { ObjectVersion } from '../store/object-version';
import type { S3Call } from './call';
import { publicVersionId } from './object-headers';

export type CreatedEvent = 'ObjectCreated:Put' | 'ObjectCreated:Copy' | 'ObjectCreated:CompleteMultipartUpload';

export function announceCreated(call: S3Call, eventName: CreatedEvent, version: ObjectVersion): void {
  call.service.notifier.emit(call.bucket, {
    eventName,
    key: call.key,
    sizeBytes: version.sizeBytes,
    etag: version.etag,
    versionId: publicVersionId(call.bucket, version),
    sequencer: version.sequencer,
    at: new Date(version.lastModifiedMs),
    requestId: call.requestId,
  });
}

/** A marker has an etag (of nothing) and an id; a version removed for good has only its id. Nothing removed, no event. */
export function announceRemoved(call: S3Call, key: string, { removed, marker, sequencer }: Removed): void {
  const subject = marker ?? removed;
  if (subject === null) return;
  call.service.notifier.emit(call.bucket, {
    eventName: marker === null ? 'ObjectRemoved:Delete' : 'ObjectRemoved:DeleteMarkerCreated',
    key,
    sizeBytes: null,
    etag: marker?.etag ?? null,
    versionId: publicVersionId(call.bucket, subject),
    sequencer,
    at: call.service.now(),
    requestId: call.requestId,
  });
}
