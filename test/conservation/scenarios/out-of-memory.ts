import { placeOf } from '../captures';
import { captureLine, csv } from '../../support/capture-events';
import { makeFile, type MadeFile } from '../captures';
import { isLong, scenario } from '../scenario';
import { filesOf } from './files';

/** Far more values than so small a function can hold. */
const MEMORY_MB = 72;
const ROWS = 400_000;

export const outOfMemory = isLong(
  scenario(
    'out-of-memory',
    'one event is too large for the memory of the function: its neighbours are delivered, and its file is quarantined',
    () => ({
      memoryMb: MEMORY_MB,
      batchSize: 10,
      timeoutMs: 60_000,
      model: { limits: { maxRowsPerEvent: 1_000_000, maxValuesPerEvent: 50_000_000 } },
    }),
    async (world) => {
      const { dice } = world;
      const bad = hugeFile(99);
      for (const made of dice.shuffled([bad, ...filesOf(dice, 3), makeFile(dice, 50, { lines: [3, 9], rows: [1, 2] })]))
        await world.put(made);
      await world.settle();
      const capture = world.captures.find(({ made }) => made === bad);
      return {
        except: capture === undefined ? [] : [capture],
        also: async (problems) => {
          const entry = (await world.buckets.entries('arthur')).get(capture?.key ?? '');
          problems.same('state', 'the huge file', entry?.state, 'quarantined');
        },
      };
    },
  ),
);

function hugeFile(number: number): MadeFile {
  const rows = Array.from({ length: ROWS }, (_, row) => `${number},${placeOf(1, row)},2026-09-01T12:00:00Z,1.50,n`);
  const text = captureLine({
    eventId: 'huge',
    input: csv(rows.join('\n')),
    output: csv(rows.map(() => '0.1').join('\n')),
  });
  return { number, text: `${text}\n`, units: [], lines: 1, events: 1, rejectedLines: 0, skippedLines: 0 };
}
