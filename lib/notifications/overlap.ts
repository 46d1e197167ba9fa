import { matchingKey } from './matching-key';
import type { TriggerRule } from './trigger-rule';

/** Two rules that S3 would refuse to have on one bucket, and a key that shows why. */
export interface Overlap {
  readonly first: TriggerRule;
  readonly second: TriggerRule;
  /** The event types that both take, the narrower word of each pair. */
  readonly events: readonly string[];
  /** A key that both take. */
  readonly key: string;
}

/** Every pair of rules of one bucket that S3 would refuse, whatever their destinations. */
export function overlaps(rules: readonly TriggerRule[]): Overlap[] {
  return rules.flatMap((second, at) => rules.slice(0, at).flatMap((first) => overlapOf(first, second) ?? []));
}

/**
 * S3 refuses two rules when they share an event type, and one's prefix begins with the other's, and one's suffix ends
 * with the other's: exactly when some key fits both, since the longer prefix and the longer suffix can always be put
 * together. Source: S3 User Guide, "Configuring event notifications using object key name filtering".
 */
export function overlapOf(first: TriggerRule, second: TriggerRule): Overlap | null {
  const events = sharedEvents(first.events, second.events);
  const prefix = longerPrefix(first.prefix, second.prefix);
  const suffix = longerSuffix(first.suffix, second.suffix);
  if (events.length === 0 || prefix === null || suffix === null) return null;
  return { first, second, events, key: matchingKey(prefix, suffix) };
}

/** The prefix that implies both; null when no key begins with both. */
export function longerPrefix(a: string, b: string): string | null {
  if (a.startsWith(b)) return a;
  return b.startsWith(a) ? b : null;
}

function longerSuffix(a: string, b: string): string | null {
  if (a.endsWith(b)) return a;
  return b.endsWith(a) ? b : null;
}

function sharedEvents(some: readonly string[], others: readonly string[]): string[] {
  const shared = some.flatMap((a) => others.flatMap((b) => narrower(a, b) ?? narrower(b, a) ?? []));
  return [...new Set(shared)];
}

/** `s3:ObjectCreated:*` stands for every type of its family, those that S3 adds one day among them. */
function narrower(a: string, b: string): string | null {
  return a === b || (b.endsWith(':*') && a.startsWith(b.slice(0, -1))) ? a : null;
}
