import { STATE_PREFIXES } from '../../src/core/state-prefixes';
import { matchingKey } from './matching-key';
import { longerPrefix } from './overlap';

/** A place in a bucket, watched by a trigger or written to by the relay itself. */
export interface BucketPrefix {
  /** Whose it is, for messages. */
  readonly name: string;
  /** A name, or whatever else is equal for one bucket alone (a path of a construct). */
  readonly bucket: string;
  readonly prefix: string;
}

export interface Loop {
  readonly watched: BucketPrefix;
  readonly written: BucketPrefix;
  /** A key that is written, and would trigger. */
  readonly key: string;
}

/** The places of state, in a bucket or below a prefix of it (`relay/`). */
export const statePlaces = (bucket: string, root = ''): BucketPrefix[] =>
  STATE_PREFIXES.map((prefix) => ({ name: 'the state', bucket, prefix: root + prefix }));

/**
 * Where a trigger would see what the relay itself writes. Judged by prefix alone, although most results end otherwise
 * than captures: a suffix is changed more easily than noticed, and a loop costs without end. S3 warns of it in its User
 * Guide, "Amazon S3 Event Notifications".
 */
export function loops(watched: readonly BucketPrefix[], written: readonly BucketPrefix[]): Loop[] {
  return watched.flatMap((one) =>
    written.flatMap((other) => {
      const prefix = one.bucket === other.bucket ? longerPrefix(one.prefix, other.prefix) : null;
      return prefix === null ? [] : { watched: one, written: other, key: matchingKey(prefix, '') };
    }),
  );
}
