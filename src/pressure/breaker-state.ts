import type { DeliveryStop } from '../core/deliver';
import { isNumber, isText, oneOf, orNull, withMembers } from '../store/shape';
import { readState, type SharedState } from './shared-object';

/** What everybody who sends to a sink knows of it. Pure: how the state follows from what was seen. */
export interface BreakerState extends SharedState {
  readonly schema: 1;
  /** Openings and closings so far: tells a run that what it saw at its start is no longer so. Probes do not count. */
  readonly changes: number;
  /** Null while it is closed. */
  readonly open: OpenBreaker | null;
}

/** All times by the store's clock. */
export interface OpenBreaker {
  readonly kind: SinkStop['kind'];
  readonly code: string;
  readonly reason: string;
  /** Of this kind, one after another. */
  readonly failures: number;
  readonly untilMs: number;
  /** Until then one run may try; null when none does. */
  readonly probeUntilMs: number | null;
}

/** What a partner did that stops its sink. */
export type SinkStop = DeliveryStop & { readonly kind: 'unavailable' | 'misconfigured' };

const CLOSED_BREAKER: BreakerState = { schema: 1, writeId: '', changes: 0, open: null };

/**
 * Doubling from `firstMs`: a restart takes half a minute, and an outage of hours costs one request in five minutes. What
 * a person must put right is asked less often.
 */
const GROWTH: Readonly<Record<SinkStop['kind'], { readonly firstMs: number; readonly mostMs: number }>> = {
  unavailable: { firstMs: 30_000, mostMs: 300_000 },
  misconfigured: { firstMs: 60_000, mostMs: 900_000 },
};

/** A wrong Retry-After (a date of next year) must not shut a sink for good; asking once an hour harms no partner. */
const MAX_ASKED_MS = 3_600_000;

/** S3 tells its time in whole seconds, so two machines may take it for different ones. */
const CLOCK_MARGIN_MS = 5_000;

/** On top of what was asked: 50 runs that are asked for the same wait within a second write it down once. */
const ASKED_MARGIN_MS = 1_000;

/** Partners' answers may be long pages. */
const MAX_REASON_CHARACTERS = 500;

/**
 * The state after a failure; null when it says nothing new. A run counts if it was admitted under the state as it is
 * (`isCurrent`) and nothing is shut yet: of many that fail at once, the first is one step of growth and the others none.
 * What a partner asked for holds in any case.
 */
export function afterFailure(
  state: BreakerState,
  stop: SinkStop,
  { nowMs, isCurrent }: { readonly nowMs: number; readonly isCurrent: boolean },
): BreakerState | null {
  const { open } = state;
  const shutUntilMs = open !== null && isShut(open, nowMs) ? open.untilMs : 0;
  const asked = stop.waitMs ?? 0;
  const askedMs = asked > 0 ? Math.min(MAX_ASKED_MS, asked) : 0;
  const askedUntilMs = askedMs === 0 ? 0 : nowMs + askedMs + ASKED_MARGIN_MS;
  if (isCurrent && shutUntilMs === 0) return opened(state, stop, nowMs, askedUntilMs);
  if (askedMs === 0 || nowMs + askedMs <= shutUntilMs) return null;
  // A late word of a run that began earlier: no step of growth, but a wait all the same.
  const late = open ?? { ...told(stop), failures: 0, probeUntilMs: null };
  const changes = open === null ? state.changes + 1 : state.changes;
  return { ...state, changes, open: { ...late, untilMs: askedUntilMs } };
}

function opened(state: BreakerState, stop: SinkStop, nowMs: number, askedUntilMs: number): BreakerState {
  const failures = state.open?.kind === stop.kind ? state.open.failures + 1 : 1;
  const { firstMs, mostMs } = GROWTH[stop.kind];
  const untilMs = Math.max(askedUntilMs, nowMs + Math.min(mostMs, firstMs * 2 ** (failures - 1)));
  return { ...state, changes: state.changes + 1, open: { ...told(stop), failures, untilMs, probeUntilMs: null } };
}

const told = ({ kind, code, reason }: SinkStop): Pick<OpenBreaker, 'kind' | 'code' | 'reason'> => ({
  kind,
  code,
  reason: reason.slice(0, MAX_REASON_CHARACTERS),
});

/** Shut for longer than anybody may shut it: the clock was set back since, and the breaker may be tried. */
export const isShut = ({ untilMs }: OpenBreaker, nowMs: number): boolean =>
  untilMs > nowMs && untilMs - nowMs <= MAX_ASKED_MS + ASKED_MARGIN_MS;

/** AWS, "Lambda quotas": a function runs 900 s at most, so a probe that would take longer is none. */
const MAX_PROBE_MS = 900_000;

/** How long the one run that tries may still take; 0 when none does. Not capped, it would hold a sink up as above. */
export function probeLeftMs({ probeUntilMs }: OpenBreaker, nowMs: number): number {
  const leftMs = probeUntilMs === null ? 0 : probeUntilMs - nowMs;
  return leftMs > 0 && leftMs <= MAX_PROBE_MS + CLOCK_MARGIN_MS ? leftMs : 0;
}

/** What does not read counts as closed. */
export const readBreaker = (body: string | null): BreakerState => readState(body, isBreaker) ?? CLOSED_BREAKER;

const isBreaker = withMembers<BreakerState>({
  schema: (value): value is 1 => value === 1,
  writeId: isText,
  changes: isNumber,
  open: orNull(
    withMembers<OpenBreaker>({
      kind: oneOf('unavailable', 'misconfigured'),
      code: isText,
      reason: isText,
      failures: isNumber,
      untilMs: isNumber,
      probeUntilMs: orNull(isNumber),
    }),
  ),
});
