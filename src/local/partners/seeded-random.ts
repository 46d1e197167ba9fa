/** Repeatable chance: a run that failed is run again with its seed and fails in the same place. */
export type Random = () => number;

/** Numbers from 0 (inclusive) to 1 (exclusive). Source: mulberry32, public domain (Tommy Ettinger). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
