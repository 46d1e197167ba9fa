import type { HeldBySink } from './held';
import type { SinkSetup } from './models';
import type { World } from './world';

/** Rows of one sink that the partner may hold though nobody could put it on record: they come again. */
export function explainedRepeats(
  { kills, machines }: World,
  sink: SinkSetup,
  held: HeldBySink,
  allowed: { readonly repeats?: number; readonly stateFailures?: boolean } = {},
): number {
  const most = sink.inFlight * sink.batch;
  const stops = allowed.stateFailures === true ? machines.handOvers('STATE_UNAVAILABLE').length : 0;
  // What was open when a run's time was up was cut, and may have been stored.
  const cut = machines.logs
    .filter(({ code, state, sink: name }) => code === 'TIME_USED_UP' && state !== undefined && name === sink.name)
    .reduce((sum, { inFlight }) => sum + Math.min(most, Number(inFlight ?? 0)), 0);
  return held.unheardRows + (kills + stops) * most + cut + (allowed.repeats ?? 0);
}
