import type { Rejection } from '../../src/core/types';
import { VirtualClock } from '../support/virtual-clock';
import { objects, RefusedFile } from './refused-file';

/**
 * Runs that flush anywhere, are killed anywhere, lose answers, go on where the ledger says, and may find another verdict
 * for what no ledger counted: in the end the same objects stand there, byte for byte, as one run would have written.
 */
const LINES = 24;
const MAX_ROWS = 9;

type Random = () => number;
const upTo = (random: Random, most: number): number => Math.floor(random() * (most + 1));

function capturedFile(random: Random): RefusedFile {
  const lines = Array.from({ length: LINES }, (_, at) =>
    at % 5 === 0 ? Buffer.from([0xff, at]) : `line ${at} ${'x'.repeat(upTo(random, 200_000))}`,
  );
  return new RefusedFile(lines);
}

/** In the order of the file: some lines as a whole, some rows of others. */
function candidates(file: RefusedFile, random: Random): Rejection[] {
  return Array.from({ length: LINES }, (_, at) => at + 1).flatMap((line) =>
    random() < 0.4
      ? [file.rejection(line)]
      : Array.from({ length: upTo(random, MAX_ROWS) }, (_, row) => file.rejection(line, row, reasonOf(row))),
  );
}

const reasonOf = (row: number): Partial<Rejection> => ({ reason: row % 3 === 0 ? 'too large' : 'not known' });
const nameOf = ({ place, row }: Rejection): string => `${place.line}:${row}`;

/** One run: refuses what is neither counted nor delivered, as it likes; returns false when it was killed. */
async function run(file: RefusedFile, open: readonly Rejection[], ledger: Ledger, random: Random): Promise<boolean> {
  const atStart = new Set(ledger.refused.keys());
  const quarantine = file.quarantine({ isCounted: (line, row) => atStart.has(`${line}:${row}`) });
  const killAt = upTo(random, open.length * 2);
  let steps = 0;
  let pending: { readonly rejection: Rejection; readonly isRefused: boolean }[] = [];
  for (const rejection of open) {
    const isRefused = random() < 0.7;
    pending.push({ rejection, isRefused });
    if (isRefused) quarantine.add(rejection, null);
    if (random() < 0.6) continue;
    if (random() < 0.1) file.store.faults.loseNextAnswers = 1;
    await quarantine.flush().catch(() => quarantine.flush());
    if ((steps += 3) > killAt) return false;
    ledger.count(pending);
    pending = [];
  }
  await quarantine.flush();
  ledger.count(pending);
  return true;
}

class Ledger {
  readonly refused = new Map<string, Rejection>();
  readonly settled = new Set<string>();

  count(verdicts: readonly { readonly rejection: Rejection; readonly isRefused: boolean }[]): void {
    for (const { rejection, isRefused } of verdicts) {
      this.settled.add(nameOf(rejection));
      if (isRefused) this.refused.set(nameOf(rejection), rejection);
    }
  }
}

describe('segments', () => {
  test('hold the same bytes whatever the batches, kills and resumes were', async () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const { random } = new VirtualClock({ seed });
      const file = capturedFile(random);
      const all = candidates(file, random);
      const ledger = new Ledger();
      for (let isDone = false; !isDone; )
        isDone = await run(
          file,
          all.filter((rejection) => !ledger.settled.has(nameOf(rejection))),
          ledger,
          random,
        );
      const found = await objects(file.store);

      for (const key of Object.keys(found)) await file.store.remove(key);
      const golden = file.quarantine();
      for (const rejection of [...ledger.refused.values()].toReversed()) golden.add(rejection, null);
      await golden.flush();

      expect(found).toEqual(await objects(file.store));
    }
  });
});
