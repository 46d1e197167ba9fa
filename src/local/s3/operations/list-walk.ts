/** Walks sorted keys for the two list operations: prefix, delimiter, and where a page before it ended. */
import { compareUtf8, positionOf } from '../store/utf8-order';

export type ListEntry =
  | { readonly kind: 'key'; readonly key: string }
  /** All visible keys that share this up to and including the delimiter. */
  | { readonly kind: 'prefix'; readonly prefix: string };

export interface Walk {
  readonly prefix: string;
  /** Empty for none. */
  readonly delimiter: string;
  /** Entries before it are left out, and so is the entry itself; null to begin at the beginning. */
  readonly after: ListEntry | null;
  /** A common prefix counts only if one of its keys is visible. */
  readonly isVisible: (key: string) => boolean;
}

/** Yields keys and common prefixes in UTF-8 order. `sortedKeys` must not change while it runs. */
export function* walkKeys(sortedKeys: readonly string[], walk: Walk): Generator<ListEntry> {
  const { prefix, delimiter, after, isVisible } = walk;
  let position = Math.max(positionOf(sortedKeys, prefix), firstAfter(sortedKeys, after));
  for (;;) {
    const key = sortedKeys[position];
    if (key === undefined || !key.startsWith(prefix)) return;
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (cut === -1) {
      if (isVisible(key)) yield { kind: 'key', key };
      position++;
      continue;
    }
    const common = key.slice(0, cut + delimiter.length);
    let visible = false;
    for (; sortedKeys[position]?.startsWith(common) === true; position++)
      visible ||= isVisible(sortedKeys[position] ?? '');
    if (visible) yield { kind: 'prefix', prefix: common };
  }
}

function firstAfter(sortedKeys: readonly string[], after: ListEntry | null): number {
  if (after === null) return 0;
  const text = after.kind === 'key' ? after.key : after.prefix;
  let position = positionOf(sortedKeys, text);
  if (after.kind === 'prefix') while (sortedKeys[position]?.startsWith(text) === true) position++;
  else if (compareUtf8(sortedKeys[position] ?? '', text) === 0) position++;
  return position;
}
