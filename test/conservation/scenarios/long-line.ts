import { captureLine, csv } from '../../support/capture-events';
import { type MadeFile, placeOf, type Unit } from '../captures';
import { isLong, scenario } from '../scenario';

const ROWS = 80_000;
/** Makes a line of some 50 MB. */
const NOTE = 'n'.repeat(560);

export const longLine = isLong(
  scenario(
    'long-line',
    'one line has 50 MB: beyond the limit it is one rejection; below it, its rows are delivered by a function of 256 MB',
    () => ({
      sinks: [{ name: 'arthur', partner: 'arthur', batch: 1_000, inFlight: 4 }],
      memoryMb: 256,
      timeoutMs: 60_000,
      concurrency: 1,
      batchSize: 1,
    }),
    async (world) => {
      await world.put(longFile(1, 'quarantined'));
      await world.settle();
      await world.redeploy({ model: { limits: { maxLineBytes: 64 << 20 } } });
      await world.put(longFile(2, 'delivered'));
      await world.settle();
      // Bytes of a line beyond the limit are not kept.
      return {
        originals: 'may be missing',
        note: `at most ${Math.round(world.machines.rssBytes / 1_048_576)} MiB resident`,
      };
    },
  ),
);

function longFile(number: number, outcome: 'delivered' | 'quarantined'): MadeFile {
  const at = '2026-09-01T12:00:00Z';
  const rows = Array.from({ length: ROWS }, (_, row) => `${number},${placeOf(2, row)},${at},1.50,${NOTE}`);
  const short = (line: number): string =>
    captureLine({
      eventId: `short-${number}-${line}`,
      input: csv(`${number},${placeOf(line, 0)},${at},1.50,n`),
      output: csv('0.1'),
    });
  const long = captureLine({
    eventId: `long-${number}`,
    input: csv(rows.join('\n')),
    output: csv(rows.map(() => '0.1').join('\n')),
  });
  const isDelivered = outcome === 'delivered';
  const units: Unit[] = isDelivered
    ? rows.map((_, row) => ({ line: 2, row, outcome, id: `long-${number}_${row}` }))
    : [{ line: 2, row: null, outcome, id: null }];
  for (const line of [1, 3]) units.push({ line, row: 0, outcome: 'delivered', id: `short-${number}-${line}` });
  const text = [short(1), long, short(3), ''].join('\n');
  return {
    number,
    text,
    units,
    lines: 3,
    events: isDelivered ? 3 : 2,
    rejectedLines: isDelivered ? 0 : 1,
    skippedLines: 0,
  };
}
