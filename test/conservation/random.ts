import { seededRandom } from '../../src/local/partners/seeded-random';

/** Choices of one seed: the same in the same order, whenever it runs. */
export class Dice {
  readonly roll: () => number;

  constructor(seed: number) {
    this.roll = seededRandom(seed);
    // Neighbouring seeds begin alike.
    for (let at = 0; at < 8; at += 1) this.roll();
  }

  /** Both included. */
  int(from: number, to: number): number {
    return from + Math.floor(this.roll() * (to - from + 1));
  }

  chance(share: number): boolean {
    return this.roll() < share;
  }

  pick<T>(choices: readonly T[]): T {
    const at = Math.floor(this.roll() * choices.length);
    if (choices.length === 0) throw new RangeError('nothing to choose from');
    return choices[at] as T;
  }

  times<T>(count: number, make: (at: number) => T): T[] {
    return Array.from({ length: count }, (_, at) => make(at));
  }

  shuffled<T>(items: readonly T[]): T[] {
    const keyed = items.map((item) => ({ item, key: this.roll() }));
    return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
  }
}
