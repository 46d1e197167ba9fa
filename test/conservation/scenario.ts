import type { Bundles } from './bundles';
import { type Allowed, judge, type Verdict } from './oracle';
import { Dice } from './random';
import { World } from './world';
import type { GivenOptions } from './world-options';

/** One kind of trouble, made anew by each seed. */
export interface Scenario {
  readonly name: string;
  /** What happens, and what holds all the same. */
  readonly what: string;
  /** Of the bounded part; default 1. */
  readonly seeds?: string;
  /** Left out of it. */
  readonly isLong?: boolean;
  readonly run: (seed: number, bundles: Bundles) => Promise<Outcome>;
}

export interface Outcome extends Verdict {
  readonly kills: number;
  readonly handOvers: number;
  /** Why, and how often. */
  readonly codes: Readonly<Record<string, number>>;
  readonly invocations: number;
  /** Calls of partners. */
  readonly calls: number;
  /** Real time the function's invocations took together. */
  readonly busyMs: number;
}

export type Settings = Omit<GivenOptions, 'seed' | 'bundles'>;

/** A scenario in one world: `play` makes the trouble, and the oracle asks for the promise. */
export function scenario(
  name: string,
  what: string,
  settings: (dice: Dice) => Settings,
  play: (world: World) => Promise<Allowed | void>,
): Scenario {
  const run = async (seed: number, bundles: Bundles): Promise<Outcome> => {
    const world = await World.start({ ...settings(new Dice(seed + SETTINGS_SEED)), seed, bundles });
    try {
      const allowed = await play(world);
      return outcomeOf(world, await judge(world, allowed ?? {}));
    } finally {
      await world.close();
    }
  };
  return { name, what, run };
}

export const isLong = (made: Scenario): Scenario => ({ ...made, isLong: true });

/** What a world is made of, and what happens in it, must not follow from each other. */
const SETTINGS_SEED = 1_000_003;

export function outcomeOf(world: World, verdict: Verdict): Outcome {
  const { machines, kills, servers } = world;
  const calls = servers.arthur.requests + servers.fiddler.requests;
  const { invocations, busyMs } = machines;
  const handOvers = machines.handOvers();
  const codes: Record<string, number> = {};
  for (const { code } of handOvers) codes[String(code)] = (codes[String(code)] ?? 0) + 1;
  return { ...verdict, kills, handOvers: handOvers.length, codes, invocations, calls, busyMs };
}
