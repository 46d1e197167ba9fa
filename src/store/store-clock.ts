/**
 * Another machine's clock, kept by what its answers say. HTTP's `Date` is cut to whole seconds: the true time lies less
 * than a second after it, and the answer was some time on its way. So of all answers the one that puts the clock
 * furthest ahead is the closest, and it never overtakes.
 *
 * A machine that was suspended comes back with its monotonic clock behind; the next answer puts that right.
 */
export class StoreClock {
  private aheadMs: number | null = null;

  /** `monotonicMs` never goes back, from any start; `machineMs` is believed until the first answer. */
  constructor(
    private readonly monotonicMs: () => number = () => performance.now(),
    private readonly machineMs: () => number = Date.now,
  ) {}

  /** To be told at once of every answer's `Date`, in milliseconds since 1970; what is no number is no news. */
  heard(dateMs: number): void {
    if (!Number.isFinite(dateMs)) return;
    this.aheadMs = Math.max(this.aheadMs ?? Number.NEGATIVE_INFINITY, dateMs - this.monotonicMs());
  }

  /** Whole milliseconds since 1970. Never goes back once an answer was heard. */
  nowMs(): number {
    return this.aheadMs === null ? this.machineMs() : Math.floor(this.aheadMs + this.monotonicMs());
  }
}
