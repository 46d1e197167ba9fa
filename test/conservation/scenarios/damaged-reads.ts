import type { Fault } from '../../../src/local/s3/server';
import { anyWorld } from '../any-world';
import { scenario } from '../scenario';
import { filesOf } from './files';
import { CAPTURES } from '../names';

const FAULTS: readonly Fault[] = [
  { kind: 'truncate' },
  { kind: 'reset', afterBytes: 700 },
  { kind: 'reset' },
  { kind: 'status', status: 503, code: 'SlowDown' },
  { kind: 'status', status: 500, code: 'InternalError' },
  { kind: 'deny' },
  { kind: 'slow', delayMs: 50, afterBytes: 300 },
];

export const damagedReads = scenario(
  'damaged-reads',
  'captures are cut short, reset in the middle, throttled or denied for a while: every byte is read once, in order',
  anyWorld,
  async (world) => {
    const { dice, servers } = world;
    for (const kind of dice.shuffled(FAULTS).slice(0, 3))
      servers.s3.faults.add({ ...kind, bucket: CAPTURES, operation: 'GetObject', times: dice.int(1, 12) });
    for (const made of filesOf(dice, dice.int(1, 5))) await world.put(made);
    await world.settle();
    return { originals: 'may be missing' };
  },
);
