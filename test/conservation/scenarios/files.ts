import { type FileShape, makeFile, type MadeFile } from '../captures';
import type { Dice } from '../random';

/** Files as endpoints write them: many small calls, some mini-batches, now and then a large one. */
const SHAPES: readonly FileShape[] = [
  { lines: [0, 3], rows: [1, 3] },
  { lines: [5, 40], rows: [1, 1] },
  { lines: [3, 15], rows: [1, 8] },
  { lines: [1, 4], rows: [20, 80] },
];

export function filesOf(dice: Dice, count: number, first = 1): MadeFile[] {
  return dice.times(count, (at) => makeFile(dice, first + at, dice.pick(SHAPES)));
}
