import type { SinkSetup } from './models';
import type { Dice } from './random';
import type { GivenOptions } from './world-options';

/** A world's settings by the dice, where the scenario does not care: both partners, many sizes. */
export function anyWorld(dice: Dice): Omit<GivenOptions, 'seed' | 'bundles'> {
  return {
    sinks: [anySink(dice)],
    versioned: dice.chance(0.5),
    concurrency: dice.int(1, 3),
    batchSize: dice.pick([1, 3, 10]),
  };
}

export function anySink(
  dice: Dice,
  partner: SinkSetup['partner'] = dice.chance(0.7) ? 'arthur' : 'fiddler',
): SinkSetup {
  return { name: partner, partner, batch: dice.pick([1, 4, 10, 25]), inFlight: dice.pick([1, 2, 4, 8]) };
}
