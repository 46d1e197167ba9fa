import { setImmediate } from 'node:timers/promises';
import { atOnce } from '../../src/sweep/at-once';

const ITEMS = Array.from({ length: 20 }, (_, at) => at);

describe('work on several items at once', () => {
  test('never has more of them open than it may, and answers in their order', async () => {
    let [open, most] = [0, 0];
    const answers = await atOnce(ITEMS, 3, async (item) => {
      open += 1;
      most = Math.max(most, open);
      for (let turn = 0; turn < (item * 7) % 5; turn += 1) await setImmediate();
      open -= 1;
      return item * 2;
    });

    expect(answers).toEqual(ITEMS.map((item) => item * 2));
    expect(most).toBe(3);
  });

  test('rejects with the first failure, and begins nothing more then', async () => {
    const begun: number[] = [];
    const work = atOnce(ITEMS, 2, async (item) => {
      begun.push(item);
      await setImmediate();
      if (item === 3) throw new Error('the store is down');
    });

    await expect(work).rejects.toThrow('the store is down');
    for (let turn = 0; turn < 50; turn += 1) await setImmediate();
    expect(begun.length).toBeLessThan(7);
  });

  test('does nothing with nothing', async () => {
    expect(await atOnce([], 5, () => Promise.reject(new Error('never')))).toEqual([]);
  });
});
