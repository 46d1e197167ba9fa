/** A partner's limit, as a bucket of tokens: so many calls a second, and one second's worth at once. */
export class RateGate {
  private tokens: number;
  private lastMs: number;

  constructor(
    private readonly nowMs: () => number,
    private readonly perSecond: number,
  ) {
    this.tokens = perSecond;
    this.lastMs = nowMs();
  }

  admits(): boolean {
    const nowMs = this.nowMs();
    this.tokens = Math.min(this.perSecond, this.tokens + ((nowMs - this.lastMs) * this.perSecond) / 1_000);
    this.lastMs = nowMs;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
