import type { Fault } from '../../../src/local/s3/server';
import { anyWorld } from '../any-world';
import { scenario } from '../scenario';
import { filesOf } from './files';
import { STATE_BUCKET } from '../names';

const FAULTS: readonly Fault[] = [
  { kind: 'status', status: 503, code: 'SlowDown' },
  { kind: 'reset' },
  { kind: 'deny' },
];

export const stateAway = scenario(
  'state-away',
  'the state bucket is throttled, unreachable or closed for a while: nothing is sent that nobody could record',
  anyWorld,
  async (world) => {
    const { dice, servers } = world;
    const files = filesOf(dice, dice.int(1, 3));
    for (const made of files) await world.put(made);
    // From some request on: in the middle of a file, or before all. It ends by the number of requests and not by time,
    // because a run waits for its state in real time.
    let left = dice.int(0, 9);
    const fault = { ...dice.pick(FAULTS), bucket: STATE_BUCKET, times: dice.int(1, 40) };
    world.traffic.rules.push(({ server }, phase) => {
      if (server !== 'state' || phase !== 'before') return;
      if (left === 0) servers.s3.faults.add(fault);
      left -= 1;
    });
    await world.settle();
    return { stateFailures: true };
  },
);
