import { seededRandom } from './seeded-random';

/** Faults on demand: what to break, and in which calls. At most one fault strikes a call, the first added that matches. */
export type HttpFault =
  /** Answered without doing the work. `retryAfter`: seconds, or a date sent as an HTTP date. 413 and 502 are HTML unless said. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly retryAfter?: number | Date;
      readonly html?: boolean;
      /** Where a 3xx points; another host unless said. */
      readonly location?: string;
    }
  /** The connection is reset; with `stored`, after the work was done: the caller cannot know. */
  | { readonly kind: 'reset'; readonly stored: boolean }
  /** No answer ever comes, until the caller or the stand-in closes. */
  | { readonly kind: 'hang'; readonly stored: boolean }
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** The work is done, and what comes back is a page with status 200, or JSON cut in the middle. */
  | { readonly kind: 'wrong-content'; readonly content: 'html' | 'truncated-json' };

/** Faults inside Arthur's multi-status answer. */
export type ArthurFault =
  /** Rows of this status are not stored; which ones: all unless said. */
  | { readonly kind: 'rows'; readonly status: number; readonly rows?: (index: number, total: number) => boolean }
  /** All rows are stored, and the answer lists fewer or more than came. Default 1. */
  | { readonly kind: 'fewer-results'; readonly by?: number }
  | { readonly kind: 'more-results'; readonly by?: number }
  /** All rows are stored, and `counts.failure` claims one that no result shows. */
  | { readonly kind: 'wrong-counts' };

/** One call as a fault sees it. */
export interface FaultCall {
  /** Of all requests, from 1. */
  readonly number: number;
  /** Of the requests that bring data, from 1; null for all others. */
  readonly ingestNumber: number | null;
  readonly method: string;
  readonly path: string;
}

export interface FaultRule<F> {
  readonly fault: F;
  /** Strikes so often at most. Default: until removed. */
  readonly times?: number;
  /** Default: every call that brings data. Reads at start-up are hit only by a predicate that says so. */
  readonly when?: (call: FaultCall) => boolean;
  /** Chance from 0 to 1 for each matching call, repeatable by its seed. Default: always. */
  readonly probability?: { readonly chance: number; readonly seed: number };
}

interface ActiveRule<F> {
  readonly rule: FaultRule<F>;
  readonly random: () => number;
  struck: number;
}

/** The faults of one stand-in. `Extra` are those only its partner can have. */
export class PartnerFaults<Extra = never> {
  readonly #active = new Set<ActiveRule<HttpFault | Extra>>();

  /** Returns a remover; removing twice does no harm. */
  add(rule: FaultRule<HttpFault | Extra>): () => void {
    const seed = rule.probability?.seed ?? 0;
    const active = { rule, random: seededRandom(seed), struck: 0 };
    this.#active.add(active);
    return () => void this.#active.delete(active);
  }

  clear(): void {
    this.#active.clear();
  }

  /** The fault that strikes this call, counted as used; null when none does. */
  strike(call: FaultCall): HttpFault | Extra | null {
    for (const active of this.#active) {
      const { rule } = active;
      if (active.struck >= (rule.times ?? Number.POSITIVE_INFINITY)) continue;
      if (rule.when === undefined ? call.ingestNumber === null : !rule.when(call)) continue;
      if (rule.probability !== undefined && active.random() >= rule.probability.chance) continue;
      active.struck += 1;
      return rule.fault;
    }
    return null;
  }
}
