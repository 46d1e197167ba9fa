import type { SideName } from '../../core/decode/reading';
import { NumberToken, type Value } from '../../core/types';
import { csvRows } from './payload-text';
import type { SampleEvent } from './read-sample';

/**
 * Whether a side's CSV may start with names. Guarded, because a wrong guess loses a row of every event: the first row
 * must be the same distinct names in all of the side's CSV payloads.
 * `numbers`: numbers stand below the names, which is a header whatever the other side holds.
 * `texts`: only texts stand below, which proves nothing; worth trying when both sides hold unequal numbers of rows
 * (Hugging Face containers take `inputs` above sentences).
 */
export type HeaderGuess = 'numbers' | 'texts' | 'none';

export function guessHeader(events: readonly SampleEvent[], side: SideName): HeaderGuess {
  let names: string | null = null;
  let guess: HeaderGuess = 'none';
  for (const { event } of events) {
    const payload = event[side];
    const [first, ...rest] = (payload === null ? null : csvRows(payload)) ?? [];
    if (first === undefined) continue;
    const line = JSON.stringify(first);
    if (!areNames(first) || line !== (names ?? line)) return 'none';
    names = line;
    if (rest.some((row) => row.some((cell, at) => cell instanceof NumberToken && at < first.length))) guess = 'numbers';
    else if (rest.length > 0 && guess === 'none') guess = 'texts';
  }
  return guess;
}

const areNames = (row: readonly Value[]): boolean =>
  row.every((cell) => typeof cell === 'string' && cell.trim() !== '') && new Set(row).size === row.length;
