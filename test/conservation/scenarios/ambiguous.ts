import type { ArthurFault, FaultRule, HttpFault } from '../../../src/local/partners/faults';
import { anyWorld } from '../any-world';
import { scenario } from '../scenario';
import { filesOf } from './files';

/** The work is done, and its answer is no answer. */
const ANYWHERE: readonly HttpFault[] = [
  { kind: 'reset', stored: true },
  { kind: 'hang', stored: true },
  { kind: 'wrong-content', content: 'html' },
  { kind: 'wrong-content', content: 'truncated-json' },
];
const AT_ARTHUR: readonly ArthurFault[] = [
  { kind: 'fewer-results' },
  { kind: 'fewer-results', by: 1_000 },
  { kind: 'more-results' },
  { kind: 'wrong-counts' },
];

export const ambiguous = scenario(
  'ambiguous-send',
  'the partner stores a batch and its answer is lost or cannot be read: the rows come again, under the same ids',
  (dice) => ({ ...anyWorld(dice), timeoutMs: 5_000 }),
  async (world) => {
    const { dice, servers, options } = world;
    const partner = options.sinks[0]?.partner ?? 'arthur';
    const share = dice.pick([0.05, 0.3]);
    const rule = <F>(fault: F): FaultRule<F> => ({
      fault,
      when: ({ ingestNumber, number }) => {
        const strikes = ingestNumber !== null && dice.chance(share);
        if (strikes) world.noteUnheard(partner, number);
        return strikes;
      },
      times: dice.int(1, 4),
    });
    servers[partner].faults.add(rule(dice.pick(ANYWHERE)));
    if (partner === 'arthur') for (const fault of AT_ARTHUR) servers.arthur.faults.add(rule(fault));
    for (const made of filesOf(dice, dice.int(1, 4))) await world.put(made);
    await world.settle();
  },
);
