import type { Fault } from '../../../src/local/s3/server';
import { anyWorld } from '../any-world';
import { killAt, somewhere } from '../kills';
import { scenario } from '../scenario';
import { filesOf } from './files';
import { STATE_BUCKET } from '../names';

/** What S3 may answer to a conditional write, whether it was done or not. */
const FAULTS: readonly Fault[] = [
  { kind: 'lost-answer' },
  { kind: 'lost-answer', status: 500, code: 'InternalError' },
  { kind: 'lost-answer', status: 412, code: 'PreconditionFailed' },
  { kind: 'conflict' },
  { kind: 'status', status: 412, code: 'PreconditionFailed' },
  { kind: 'status', status: 503, code: 'SlowDown' },
  { kind: 'reset' },
];

export const stateAnswers = scenario(
  'state-answers',
  'conditional writes are done and their answer is lost, or answered 409 and 412 for nothing: each is done once',
  anyWorld,
  async (world) => {
    const { dice, servers, traffic } = world;
    const { faults } = servers.s3;
    const share = dice.pick([0.05, 0.2, 0.5]);
    traffic.rules.push(({ server, what }, phase) => {
      if (server !== 'state' || !what.startsWith('PUT') || phase !== 'before' || !dice.chance(share)) return;
      faults.add({ ...dice.pick(FAULTS), bucket: STATE_BUCKET, method: 'PUT', times: 1 });
    });
    if (dice.chance(0.3)) killAt(world, somewhere(dice));
    for (const made of filesOf(dice, dice.int(1, 4))) await world.put(made);
    await world.settle();
    return { stateFailures: true };
  },
);
