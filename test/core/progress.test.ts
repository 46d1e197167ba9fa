import * as fc from 'fast-check';
import { FILE_START, type Outcome, ProgressTracker } from '../../src/core/progress';
import { RunsReader, runsCounts, runsText } from '../../src/core/progress-runs';
import { FILE } from '../support/capture-events';

/** Lines of 10 bytes each, with so many inferences. */
function lineAt(number: number, units: number) {
  const byteOffset = (number - 1) * 10;
  return {
    kind: 'event' as const,
    place: { file: FILE, line: number, byteOffset, byteLength: 9 },
    end: { byteOffset: byteOffset + 10, crc: number },
    units,
    lines: 1,
  };
}

function tracker(units: readonly number[], start = FILE_START): ProgressTracker {
  const made = new ProgressTracker(start);
  units.forEach((count, at) => at + 1 >= start.line && made.begin(lineAt(at + 1, count)));
  return made;
}

describe('the progress of a file', () => {
  test('stands at the first line that is not settled as a whole, with what is settled behind it', () => {
    const progress = tracker([1, 3, 1]);
    progress.settle(3, 0, 'accepted');
    progress.settle(2, 0, 'delivered');
    const first = progress.snapshot();
    progress.settle(1, 0, 'quarantined');

    expect(first).toEqual({
      line: 1,
      byteOffset: 0,
      crc: 0,
      runs: '-1 d1 -2 a1',
      seen: { byteOffset: 30, crc: 3 },
      refused: '',
    });
    expect(progress.snapshot()).toMatchObject({ line: 2, byteOffset: 10, crc: 1, runs: 'd1 -2 a1' });
    expect(progress.counts).toMatchObject({ lines: 1, captured: 3, delivered: 2, accepted: 1, quarantined: 1 });
  });

  test('at the end of the file stands behind its last line', () => {
    const progress = tracker([2]);
    progress.settleLine(1, 'skipped');

    expect(progress.snapshot()).toEqual({
      line: 2,
      byteOffset: 10,
      crc: 1,
      runs: '',
      seen: { byteOffset: 10, crc: 1 },
      refused: '',
    });
  });

  test('takes blank lines before a line for a part of it, so that numbers and offsets stay right', () => {
    const progress = new ProgressTracker();
    progress.begin(lineAt(1, 1));
    progress.settle(1, 0, 'delivered');
    progress.begin(lineAt(4, 1));

    expect(progress.snapshot()).toMatchObject({ line: 2, byteOffset: 10 });
  });

  test('settles an inference once: twice is a bug, and not a count', () => {
    const progress = tracker([2]);
    progress.settle(1, 0, 'delivered');

    expect(() => progress.settle(1, 0, 'delivered')).toThrow(RangeError);
  });

  test('cut anywhere and gone on with, settles each inference once and counts the same in the end', () => {
    const outcomes: Exclude<Outcome, 'unsettled'>[] = ['delivered', 'accepted', 'quarantined', 'skipped'];
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 }),
        fc.infiniteStream(fc.nat()),
        (units, chance) => {
          const next = (below: number): number => (chance.next().value as number) % below;
          const all = units.flatMap((count, at) => Array.from({ length: count }, (_, row) => [at + 1, row] as const));
          const sum = { lines: 0, captured: 0, delivered: 0, accepted: 0, quarantined: 0, skipped: 0 };
          const settledPlaces: string[] = [];
          let start = FILE_START;
          for (let run = 0; run < 6; run += 1) {
            // A run may end before it comes to what an earlier one settled.
            const isLast = run === 5;
            const readLines = isLast ? units.length : start.line - 1 + next(units.length + 2 - start.line);
            const progress = tracker(units.slice(0, readLines), start);
            const isOpen = ([line, row]: readonly [number, number]): boolean =>
              line >= start.line && line <= readLines && !progress.isSettled(line, row);
            const open = all.filter(isOpen);
            const count = isLast ? open.length : next(open.length + 1);
            for (let done = 0; done < count; done += 1) {
              const [place] = open.splice(next(open.length), 1);
              if (place === undefined) break;
              progress.settle(...place, outcomes[next(4)] ?? 'delivered');
              settledPlaces.push(String(place));
            }
            start = progress.snapshot();
            for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += progress.counts[name];
          }

          expect(start).toMatchObject({ line: units.length + 1, byteOffset: units.length * 10, runs: '' });
          expect(new Set(settledPlaces).size).toBe(all.length);
          expect([settledPlaces.length, sum.captured, sum.lines]).toEqual([all.length, all.length, units.length]);
          expect(sum.captured).toBe(sum.delivered + sum.quarantined + sum.skipped);
        },
      ),
    );
  });
});

describe('runs of outcomes', () => {
  test('give back what they were written from, whatever lengths are asked for', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat({ max: 4 }), { maxLength: 9 })),
        fc.integer({ min: 1, max: 7 }),
        (lines, step) => {
          const all = lines.flat();
          const reader = new RunsReader(runsText(lines.map((line) => Uint8Array.from(line))));
          const back: number[] = [];
          let settled = 0;
          for (let at = 0; at < all.length; at += step) {
            const part = new Uint8Array(Math.min(step, all.length - at));
            settled += reader.take(part);
            back.push(...part);
          }

          expect(back).toEqual(all);
          expect(settled).toBe(all.filter((outcome) => outcome !== 0).length);
        },
      ),
    );
  });

  test('are counted by outcome', () => {
    expect(runsCounts('d500 -20 a3 q1 s2')).toEqual({
      captured: 506,
      delivered: 503,
      accepted: 3,
      quarantined: 1,
      skipped: 2,
    });
  });
});
