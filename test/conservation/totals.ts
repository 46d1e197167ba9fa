import type { Outcome } from './scenario';

/** What many runs of one scenario did together. */
export interface Total {
  runs: number;
  repeats: number;
  kills: number;
  handOvers: number;
  invocations: number;
  calls: number;
  busyMs: number;
}

export const emptyTotal = (): Total => ({
  runs: 0,
  repeats: 0,
  kills: 0,
  handOvers: 0,
  invocations: 0,
  calls: 0,
  busyMs: 0,
});

export function addOutcome(total: Total, outcome: Outcome): void {
  total.runs += 1;
  total.repeats += outcome.repeats;
  total.kills += outcome.kills;
  total.handOvers += outcome.handOvers;
  total.invocations += outcome.invocations;
  total.calls += outcome.calls;
  total.busyMs += outcome.busyMs;
}

export function totalLine(name: string, total: Total, failed: number, ms: number): string {
  const { runs, kills, repeats, handOvers, invocations, calls } = total;
  const numbers = { runs, failed, kills, repeats, handOvers, invocations, calls };
  const said = Object.entries(numbers).map(([what, count]) => `${count} ${what}`);
  return `${name.padEnd(22)} ${said.join(', ')}; ${(ms / 1_000).toFixed(1)} s`;
}
