import { isNumber, isText, listOf, withMembers } from '../store/shape';
import { readState, type SharedState } from './shared-object';

/**
 * The places for requests in a sink's time, one every 1 / rate seconds of the store's clock, and who has them: everything
 * before `nextMs` is given out, but for what was given back. Pure.
 */
export interface Timeline extends SharedState {
  readonly schema: 1;
  readonly perSecond: number;
  readonly nextMs: number;
  /** In the order of time. */
  readonly returned: readonly Stretch[];
}

/** `count` places, the first of them at `firstMs`. */
export interface Stretch {
  readonly firstMs: number;
  readonly count: number;
}

/**
 * A place may be used until so long after its moment, and never before it. So in any window of W seconds at most
 * rate × (W + 1) + 1 requests go: one second's worth is the burst.
 */
export const PLACE_LASTS_MS = 1_000;

/** Places this far past are still given out: so none is lost while a write is on its way, and there is time to use them. */
const GIVEN_LATE_MS = 600;

/** Nobody reserves further ahead: the clock was set back since, and the places begin anew. */
const MAX_AHEAD_MS = 3_600_000;

/** What rounding leaves of the distance between two neighbours. */
const ROUNDING_MS = 0.01;

export interface PlacesAsked {
  /** By when they can be used: the write that takes them needs its time. */
  readonly fromMs: number;
  /** A place after this moment is of no use. */
  readonly latestMs: number;
  readonly count: number;
}

/** The earliest places there are; none when the first is too late. */
export function reserve(
  timeline: Timeline,
  { fromMs, latestMs, count }: PlacesAsked,
): { readonly places: readonly number[]; readonly next: Timeline; readonly earliestMs: number } {
  const stepMs = 1_000 / timeline.perSecond;
  const returned = usable(timeline.returned, fromMs, stepMs);
  const isLost = timeline.nextMs - fromMs > MAX_AHEAD_MS + stepMs;
  const nextMs = isLost ? fromMs : Math.max(timeline.nextMs, fromMs - GIVEN_LATE_MS);
  const places: number[] = [];
  const left: Stretch[] = [];
  for (const stretch of returned) {
    const taken = fitting(stretch, stepMs, latestMs, count - places.length);
    places.push(...momentsOf(stretch.firstMs, taken, stepMs));
    if (taken < stretch.count) left.push({ firstMs: stretch.firstMs + taken * stepMs, count: stretch.count - taken });
  }
  const earliestMs = returned[0]?.firstMs ?? nextMs;
  const added = fitting({ firstMs: nextMs, count }, stepMs, latestMs, count - places.length);
  places.push(...momentsOf(nextMs, added, stepMs));
  return { places, earliestMs, next: { ...timeline, nextMs: nextMs + added * stepMs, returned: left } };
}

/** The timeline with places that were not used; null when they are of no use to anybody. */
export function giveBack(timeline: Timeline, places: readonly number[], nowMs: number): Timeline | null {
  const stepMs = 1_000 / timeline.perSecond;
  const given = usable(
    places.map((firstMs) => ({ firstMs, count: 1 })),
    nowMs,
    stepMs,
  );
  if (given.length === 0) return null;
  return { ...timeline, returned: joined([...usable(timeline.returned, nowMs, stepMs), ...given], stepMs) };
}

/** At another rate the places stand elsewhere: those given back are dropped. */
export function readTimeline(body: string | null, perSecond: number): Timeline {
  const timeline = readState(body, isTimeline);
  if (timeline === null) return { schema: 1, writeId: '', perSecond, nextMs: 0, returned: [] };
  return timeline.perSecond === perSecond ? timeline : { ...timeline, perSecond, returned: [] };
}

const isTimeline = withMembers<Timeline>({
  schema: (value): value is 1 => value === 1,
  writeId: isText,
  perSecond: (value): value is number => isNumber(value) && value > 0,
  nextMs: isNumber,
  returned: listOf(withMembers<Stretch>({ firstMs: isNumber, count: isNumber })),
});

const endOf = ({ firstMs, count }: Stretch, stepMs: number): number => firstMs + count * stepMs;

const momentsOf = (firstMs: number, count: number, stepMs: number): number[] =>
  Array.from({ length: count }, (_, at) => firstMs + at * stepMs);

const fitting = ({ firstMs, count }: Stretch, stepMs: number, latestMs: number, most: number): number =>
  Math.max(0, Math.min(count, most, Math.floor((latestMs - firstMs) / stepMs) + 1));

function usable(stretches: readonly Stretch[], nowMs: number, stepMs: number): Stretch[] {
  return stretches
    .map(({ firstMs, count }) => {
      const past = Math.min(count, Math.max(0, Math.ceil((nowMs - GIVEN_LATE_MS - firstMs) / stepMs)));
      return { firstMs: firstMs + past * stepMs, count: count - past };
    })
    .filter(({ count }) => count > 0);
}

function joined(stretches: readonly Stretch[], stepMs: number): Stretch[] {
  const result: Stretch[] = [];
  for (const stretch of [...stretches].sort((a, b) => a.firstMs - b.firstMs)) {
    const last = result.at(-1);
    if (last !== undefined && Math.abs(endOf(last, stepMs) - stretch.firstMs) < ROUNDING_MS)
      result[result.length - 1] = { firstMs: last.firstMs, count: last.count + stretch.count };
    else result.push(stretch);
  }
  return result;
}
