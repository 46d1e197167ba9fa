import type { WorldClock } from './clock';

/** What happens in the world at a time of its own: a partner comes back, a late notification arrives. */
export class Schedule {
  private readonly due: { readonly atMs: number; readonly action: () => void | Promise<void> }[] = [];

  constructor(private readonly clock: WorldClock) {}

  in(ms: number, action: () => void | Promise<void>): void {
    this.due.push({ atMs: this.clock.nowMs() + ms, action });
    this.due.sort((a, b) => a.atMs - b.atMs);
  }

  /** Null: nothing is to come. */
  get nextMs(): number | null {
    return this.due[0]?.atMs ?? null;
  }

  async runDue(): Promise<void> {
    while (this.due[0] !== undefined && this.due[0].atMs <= this.clock.nowMs()) await this.due.shift()?.action();
  }
}
