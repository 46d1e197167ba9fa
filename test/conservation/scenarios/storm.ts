import type { FaultCall } from '../../../src/local/partners/faults';
import { anySink } from '../any-world';
import { RateGate } from '../rate-gate';
import { scenario } from '../scenario';
import { filesOf } from './files';

/** What the partner says when it is asked too often; now and then nothing of when to come back. */
const RETRY_AFTER: readonly ((nowMs: number) => { retryAfter?: number | Date })[] = [
  () => ({ retryAfter: 1 }),
  () => ({ retryAfter: 3 }),
  (nowMs) => ({ retryAfter: new Date(nowMs + 2_000) }),
  () => ({}),
];

export const storm = scenario(
  'storm-429',
  'many runs at once meet a partner that takes few calls a second and says when to come back: all arrive, once',
  (dice) => {
    const settings = dice.chance(0.5) ? { maxRequestsPerSecond: 20 } : {};
    return { sinks: [{ ...anySink(dice), batch: 4, settings }], concurrency: 4, batchSize: 2 };
  },
  async (world) => {
    const { dice, servers, options } = world;
    const partner = servers[options.sinks[0]?.partner ?? 'arthur'];
    const gate = new RateGate(world.clock.nowMs, dice.int(5, 25));
    const judged = { call: 0, isRefused: false };
    const isRefused = ({ number, ingestNumber }: FaultCall): boolean => {
      if (judged.call !== number)
        Object.assign(judged, { call: number, isRefused: ingestNumber !== null && !gate.admits() });
      return judged.isRefused;
    };
    // Each says its own when; of those that may strike the first does.
    for (const says of RETRY_AFTER) {
      const when = (call: FaultCall): boolean => isRefused(call) && dice.chance(0.5);
      partner.faults.add({ fault: { kind: 'status', status: 429, ...says(world.clock.nowMs()) }, when });
    }
    partner.faults.add({ fault: { kind: 'status', status: 429, retryAfter: 2 }, when: isRefused });
    for (const made of filesOf(dice, dice.int(6, 12))) await world.put(made);
    await world.settle();
  },
);
