import type { Dice } from './random';
import type { Seen } from './traffic';
import type { World } from './world';

/** Where a process is killed: at the n-th request of a kind, and when in its course. */
export interface KillPoint {
  /** `partner POST`, `state PUT ledger`, `queue SendMessage` …: see `Seen`. */
  readonly at: string;
  readonly nth: number;
  readonly when: 'before' | 'after' | 'answered';
}

/** With the number that is still likely to be reached. */
const POINTS: readonly (readonly [string, number])[] = [
  ['partner POST', 9],
  ['partner POST', 3],
  ['state PUT ledger', 9],
  ['state PUT ledger', 3],
  ['state GET ledger', 4],
  ['state PUT quarantine', 2],
  ['state GET breaker', 2],
  ['captures GET', 4],
  ['partner GET', 2],
];

export function somewhere(dice: Dice, points = POINTS): KillPoint {
  const [at, most] = dice.pick(points);
  return { at, nth: dice.int(1, most), when: dice.pick(['before', 'after', 'answered']) };
}

export const isAt = ({ server, what, nth: seen }: Seen, { at, nth }: Omit<KillPoint, 'when'>): boolean =>
  nth === seen && at === `${server === 'arthur' || server === 'fiddler' ? 'partner' : server} ${what}`;

/** One kill; it may never come to its point. */
export function killAt(world: World, point: KillPoint): void {
  const { when } = point;
  const delayMs = world.dice.int(0, 4);
  world.traffic.rules.push((seen, phase) => {
    if (!isAt(seen, point) || phase !== (when === 'before' ? 'before' : 'after')) return;
    if (when !== 'answered') {
      world.kill(seen.pid);
      return 'dead';
    }
    // Some moments after the answer left.
    setTimeout(() => world.kill(seen.pid), delayMs);
  });
}
