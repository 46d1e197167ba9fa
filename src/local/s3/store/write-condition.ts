/**
 * Conditions on writes and deletes. They hold or fail at the instant the store decides, not when the request began, so of
 * several writers the first to finish wins.
 */
import { etagMatches } from '../wire/entity-tag';
import { type Refusal, refuse } from '../wire/refusal';
import type { ObjectVersion } from './object-version';

export interface WriteCondition {
  readonly kind: 'condition';
  readonly ifMatch: string | null;
  readonly ifAbsent: boolean;
}

export const UNCONDITIONAL: WriteCondition = { kind: 'condition', ifMatch: null, ifAbsent: false };

/** Reads If-Match and If-None-Match. Of the latter S3 takes `*` only for writes (API reference, PutObject). */
export function writeConditionOf(headers: ReadonlyMap<string, string>): WriteCondition | Refusal {
  const ifNoneMatch = headers.get('if-none-match');
  if (ifNoneMatch !== undefined && ifNoneMatch.trim() !== '*') {
    return refuse('NotImplemented', { details: { Header: 'If-None-Match' } });
  }
  return { kind: 'condition', ifMatch: headers.get('if-match') ?? null, ifAbsent: ifNoneMatch !== undefined };
}

/**
 * Null when the write may go on. `current` is null for a missing key and for one under a delete marker: If-Match on it is
 * 404, not 412. Source: S3 User Guide, "Conditional writes"; for deletes, where the guide says 412 for `*`, the service was
 * measured to answer 404 as well (localstack/localstack issue 13894, ministackorg/ministack issue 1475).
 */
export function checkWrite(condition: WriteCondition, current: ObjectVersion | null): Refusal | null {
  if (condition.ifAbsent && current !== null) {
    return refuse('PreconditionFailed', { details: { Condition: 'If-None-Match' } });
  }
  if (condition.ifMatch === null) return null;
  if (current === null) return refuse('NoSuchKey');
  return etagMatches(condition.ifMatch, current.etag)
    ? null
    : refuse('PreconditionFailed', { details: { Condition: 'If-Match' } });
}
