import type { HttpFault } from '../../../src/local/partners/faults';
import { anySink } from '../any-world';
import { scenario } from '../scenario';
import { filesOf } from './files';

const HOUR_MS = 3_600_000;
const FAULTS: readonly HttpFault[] = [
  { kind: 'status', status: 503, retryAfter: 120 },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 502 },
  { kind: 'reset', stored: false },
];

/** One probe in five minutes once the breaker has grown, and ten before. */
const probesIn = (ms: number): number => ms / 300_000 + 10;
/**
 * A probe asks for the model, or sends the batches it may have in flight, each again while its short run has time;
 * whoever finds the partner down first tries each of its batches six times.
 */
const CALLS_OF_A_PROBE = 2;
const FIRST_CALLS = 12;

export const outage = scenario(
  'outage',
  'the partner is down for up to six hours: few calls meanwhile, no dead letter, and everything delivered after it',
  // Little time for retries in a run: they take real time.
  (dice) => ({
    sinks: [{ ...anySink(dice), inFlight: dice.int(1, 2) }],
    timeoutMs: 4_000,
    concurrency: 2,
    batchSize: 10,
  }),
  async (world) => {
    const { dice, servers, options, schedule, clock } = world;
    const sink = options.sinks[0] ?? anySink(dice);
    const partner = servers[sink.partner];
    for (const made of filesOf(dice, 2)) await world.put(made);
    // Some files were delivered before, or none.
    if (dice.chance(0.5)) await world.settle();
    const outageMs = dice.int(1, 6) * HOUR_MS;
    const fault = dice.pick(FAULTS);
    const remove = partner.faults.add({ fault, when: () => true });
    const [callsBefore, fromMs] = [partner.requests, clock.nowMs()];
    let callsMeanwhile = 0;
    schedule.in(outageMs, () => {
      callsMeanwhile = partner.requests - callsBefore;
      remove();
    });
    for (const made of filesOf(dice, dice.int(5, 25), 10))
      schedule.in(dice.int(0, outageMs / 2), async () => void (await world.put(made)));
    await world.settle();
    const most = (probesIn(outageMs) * CALLS_OF_A_PROBE + FIRST_CALLS) * sink.inFlight;
    return {
      note: `${JSON.stringify(fault)}: ${callsMeanwhile} calls in ${outageMs / HOUR_MS} h, at most ${most}`,
      also: (problems) => {
        if (callsMeanwhile > most)
          problems.add('calls during the outage', `${callsMeanwhile} in ${outageMs / HOUR_MS} h, at most ${most}`);
        if (clock.nowMs() - fromMs < outageMs) problems.add('harness', 'the outage did not last');
      },
    };
  },
);
