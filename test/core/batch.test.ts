import * as fc from 'fast-check';
import { Batcher, bodyOf, halves } from '../../src/core/batch';
import type { BatchTemplate } from '../../src/core/row-template';
import type { InferenceBatch } from '../../src/core/types';
import { batchOf, inference } from '../support/inferences';

const template: BatchTemplate = { row: {}, open: '{"rows":[', separator: ',', close: ']}' };

function fill(rows: readonly string[], maxBatchInferences: number, maxBatchBytes: number): InferenceBatch[] {
  const batcher = new Batcher({ maxBatchInferences, maxBatchBytes }, template);
  return [...rows.flatMap((row) => [...batcher.add(inference(), row)]), ...batcher.flush()];
}

describe('batches', () => {
  test('close at the number of inferences', () => {
    expect(fill(['1', '2', '3', '4', '5'], 2, 1000).map((batch) => batch.rows)).toEqual([
      ['1', '2'],
      ['3', '4'],
      ['5'],
    ]);
  });

  test('close before the request body would pass its bytes, counted in UTF-8 with everything around the rows', () => {
    const batches = fill(['"é"', '"é"', '"é"'], 100, Buffer.byteLength('{"rows":["é","é"]}'));

    expect(batches.map((batch) => batch.rows.length)).toEqual([2, 1]);
  });

  test('know the exact bytes of their body, hold every row once and in order, and keep both limits', () => {
    const row = fc.string({ maxLength: 30 }).map((text) => JSON.stringify(text));
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 40 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 100, max: 200 }),
        (rows, maxInferences, maxBytes) => {
          const batches = fill(rows, maxInferences, maxBytes);

          expect(batches.flatMap((batch) => batch.rows)).toEqual(rows);
          for (const batch of batches) {
            expect(batch.bodyBytes).toBe(Buffer.byteLength(bodyOf(batch, template)));
            expect(batch.rows.length).toBeLessThanOrEqual(maxInferences);
            if (batch.rows.length > 1) expect(batch.bodyBytes).toBeLessThanOrEqual(maxBytes);
          }
        },
      ),
    );
  });

  test('halve into two that hold everything once', () => {
    const [first, second] = halves(batchOf(5));

    expect([...first.rows, ...second.rows]).toEqual(batchOf(5).rows);
    expect([first.inferences.length, second.inferences.length]).toEqual([3, 2]);
  });
});
