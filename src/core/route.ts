import type { CaptureKey } from './capture-key';
import { SKIP_REASONS } from './capture-event';
import type { Skip } from './types';

/** Which events a sink is meant for. What is left out is a skip: counted and said, never silent. */
export interface Route {
  /** Production variants; null: all. */
  readonly variants: ReadonlySet<string> | null;
  /** Shadow responses were never shown to a caller, so they never mix into production statistics unasked. */
  readonly shadow: 'exclude' | 'only' | 'include';
}

export function route(rule: Route, key: CaptureKey | null, shadow: boolean): Pick<Skip, 'kind' | 'reason'> | null {
  if (shadow && rule.shadow === 'exclude') return { kind: 'shadow', reason: SKIP_REASONS.shadow };
  if (!shadow && rule.shadow === 'only')
    return { kind: 'variant', reason: 'production traffic, and this sink takes shadow traffic only' };
  // A key outside Data Capture's layout names no variant, so it cannot be one of those asked for.
  const isOther = rule.variants !== null && (key === null || !rule.variants.has(key.variant));
  return isOther && !shadow ? { kind: 'variant', reason: SKIP_REASONS.variant } : null;
}
