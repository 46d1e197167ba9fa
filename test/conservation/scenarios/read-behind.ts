import type { Fault } from '../../../src/local/s3/server';
import { makeFile } from '../captures';
import { scenario } from '../scenario';
import { CAPTURES } from '../names';

const IN_FLIGHT = 3;

/** None of them lets a run see the line that it goes on from. */
const FAULTS: readonly Fault[] = [{ kind: 'reset' }, { kind: 'deny' }];

/**
 * The first batch is refused after the others were taken, and the run that comes next ends before it reads as far as
 * these are: what it leaves on record must still tell of them.
 */
export const readBehind = scenario(
  'read-behind',
  'a run ends before it comes to what an earlier one delivered: those rows do not come again',
  () => ({
    sinks: [{ name: 'arthur', partner: 'arthur', batch: 2, inFlight: IN_FLIGHT }],
    concurrency: 1,
    timeoutMs: 4_500,
  }),
  async (world) => {
    const { dice, servers, traffic } = world;
    let isShut = false;
    let open = (): void => undefined;
    const shut = new Promise<void>((resolve) => (open = resolve));
    traffic.rules.push(async ({ what, nth }, phase) => {
      if (what === 'POST' && nth === 1 && phase === 'before') await shut;
      if (what !== 'POST' || nth !== 2 * IN_FLIGHT || phase !== 'after') return;
      isShut = true;
      open();
    });
    servers.arthur.faults.add({ fault: { kind: 'status', status: 429, retryAfter: 60 }, when: () => isShut });
    traffic.rules.push(({ what }, phase) => {
      if (what !== 'SendMessage' || phase !== 'before' || !isShut) return;
      isShut = false;
      const fault = dice.pick(FAULTS);
      servers.s3.faults.add({ ...fault, bucket: CAPTURES, operation: 'GetObject', times: dice.int(10, 30) });
    });
    await world.put(makeFile(dice, 1, { lines: [30, 40], rows: [1, 1], odd: 0 }));
    await world.settle();
    return { note: `${servers.arthur.requests} calls` };
  },
);
