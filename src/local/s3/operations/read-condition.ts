/** Conditions on reads, in the order RFC 9110 section 13.2.2 gives them. */
import type { ObjectVersion } from '../store/object-version';
import { etagMatches, quoted } from '../wire/entity-tag';
import { type Refusal, refuse } from '../wire/refusal';

/** Names of the four conditional headers; a copy carries them with a prefix. */
export interface ReadConditionNames {
  readonly ifMatch: string;
  readonly ifNoneMatch: string;
  readonly ifModifiedSince: string;
  readonly ifUnmodifiedSince: string;
}

export const GET_CONDITIONS: ReadConditionNames = {
  ifMatch: 'if-match',
  ifNoneMatch: 'if-none-match',
  ifModifiedSince: 'if-modified-since',
  ifUnmodifiedSince: 'if-unmodified-since',
};

export const COPY_CONDITIONS: ReadConditionNames = {
  ifMatch: 'x-amz-copy-source-if-match',
  ifNoneMatch: 'x-amz-copy-source-if-none-match',
  ifModifiedSince: 'x-amz-copy-source-if-modified-since',
  ifUnmodifiedSince: 'x-amz-copy-source-if-unmodified-since',
};

/** Null when the version may be read. HTTP dates count whole seconds, so the version's time is cut to them. */
export function checkRead(
  headers: ReadonlyMap<string, string>,
  version: ObjectVersion,
  names: ReadConditionNames = GET_CONDITIONS,
): Refusal | null {
  const modifiedSeconds = Math.floor(version.lastModifiedMs / 1000);
  const ifMatch = headers.get(names.ifMatch);
  const unmodifiedSince = secondsOf(headers.get(names.ifUnmodifiedSince));
  if (ifMatch !== undefined) {
    if (!etagMatches(ifMatch, version.etag)) return failed('If-Match');
  } else if (unmodifiedSince !== null && modifiedSeconds > unmodifiedSince) return failed('If-Unmodified-Since');
  const ifNoneMatch = headers.get(names.ifNoneMatch);
  const modifiedSince = secondsOf(headers.get(names.ifModifiedSince));
  const unchanged =
    ifNoneMatch === undefined
      ? modifiedSince !== null && modifiedSeconds <= modifiedSince
      : etagMatches(ifNoneMatch, version.etag);
  if (!unchanged) return null;
  if (names !== GET_CONDITIONS) return failed('If-None-Match');
  const lastModified = new Date(version.lastModifiedMs).toUTCString();
  return refuse('NotModified', { headers: { etag: quoted(version.etag), 'last-modified': lastModified } });
}

function failed(condition: string): Refusal {
  return refuse('PreconditionFailed', { details: { Condition: condition } });
}

function secondsOf(header: string | undefined): number | null {
  const ms = Date.parse(header ?? '');
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000);
}
