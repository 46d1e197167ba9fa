/**
 * Where state lives: objects under plain keys, written under conditions. S3 and a directory both can; no database is
 * needed. Keys are segments joined by single slashes, each of letters, digits, `.`, `_` and `-`, at most 255 bytes, and
 * no key is another one's folder: not every S3 keeps those apart.
 */
export interface StateStore {
  /** Null when nothing stands under the key. */
  readonly get: (key: string) => Promise<Stored | null>;
  readonly put: (key: string, body: string, condition: WriteCondition) => Promise<Written>;
  /** Keys that begin with `prefix`, in the order of their bytes. */
  readonly list: (prefix: string, options?: ListOptions) => Promise<StatePage>;
  /** A key that is not there counts as removed. */
  readonly remove: (key: string, condition?: { readonly tag: string }) => Promise<'removed' | 'changed'>;
  /**
   * The store's own clock, in milliseconds since 1970: that of its answers, carried on by this machine's monotonic one.
   * Leases and waits are judged by it alone, because two machines' clocks may differ by minutes. The machine's own time
   * until the first answer.
   */
  readonly nowMs: () => number;
}

export interface Stored {
  readonly body: string;
  /** Changes with every write of another body (an ETag): a body that must be told from its like holds something random. */
  readonly tag: string;
  /** By the store's clock, whole seconds on S3: when it was written, and when this answer was given. */
  readonly modifiedMs: number;
  readonly answeredMs: number;
}

/** `absent`: only if nothing stands there. A tag: only if that very content does. */
export type WriteCondition = 'any' | 'absent' | { readonly tag: string };

export type Written =
  | { readonly kind: 'written'; readonly tag: string }
  /** 412 or 409: somebody else's write, or our own whose answer was lost; or two at once, and none of them landed. */
  | { readonly kind: 'conflict' }
  /** 404 to a condition on a tag: what was there is gone. */
  | { readonly kind: 'gone' };

export interface ListOptions {
  /** Keys after this one only. */
  readonly after?: string | null;
  /** Default 1,000, which is S3's own most. */
  readonly max?: number;
}

export interface StatePage {
  readonly entries: readonly { readonly key: string; readonly modifiedMs: number }[];
  /** There are keys after the last one of `entries`. */
  readonly hasMore: boolean;
}

/** Throttled, unreachable, denied, no answer in time: what became of a write is then not known. */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable';
}
