/** After so long without a request, another run has begun. */
const RUN_ENDS_AFTER_MS = 2_000;

/** A process that could not use all it had tries one more in each fourth slice: a try that fails is lost to others. */
const RECOVERY = 0.25;

/**
 * How many places a process reserves at once. Few cost a write each, and one object takes some twenty writes a second;
 * many are held from others when the run ends, or cannot send that fast. So a run begins with what the run before it
 * needed, then adds half of what it has used, and never takes more than it could lately use in time.
 */
export class SliceSize {
  private typical = 1;
  private usedInRun = 0;
  private lastUsedMs = Number.NEGATIVE_INFINITY;
  private usable: number;
  private reserved = 0;
  private missedOfSlice = 0;

  constructor(private readonly most: number) {
    this.usable = most;
  }

  /** For the next reservation, at `nowMs` of a monotonic clock. */
  next(nowMs: number): number {
    if (nowMs - this.lastUsedMs > RUN_ENDS_AFTER_MS) this.usedInRun = 0;
    const usable = this.missedOfSlice > 0 ? this.reserved - this.missedOfSlice : this.usable + RECOVERY;
    this.usable = Math.min(this.most, Math.max(1, usable));
    this.missedOfSlice = 0;
    const wanted = this.usedInRun < this.typical ? this.typical - this.usedInRun : Math.ceil(this.usedInRun / 2);
    return Math.min(wanted, Math.floor(this.usable));
  }

  granted(count: number): void {
    this.reserved = count;
  }

  used(nowMs: number): void {
    this.lastUsedMs = nowMs;
    this.usedInRun += 1;
  }

  /** Places whose time went by. */
  missed(count: number): void {
    this.missedOfSlice += count;
  }

  /** The run needs no more. */
  ended(): void {
    if (this.usedInRun > 0) this.typical = this.usedInRun;
    this.usedInRun = 0;
  }
}
