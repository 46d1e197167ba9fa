import { addTally, emptyTally, imbalance } from '../../src/core/tally';

/** Three lines: an event of two inferences, an event of one, and a torn line. */
const BALANCED = {
  ...emptyTally(),
  lines: 3,
  events: 2,
  rejectedLines: 1,
  captured: 4,
  delivered: 2,
  quarantined: 1,
  inFlight: 1,
};

describe('the balance of a work', () => {
  test('holds for a file that is accounted for, and for the sum of two', () => {
    const sum = emptyTally();
    addTally(sum, BALANCED);
    addTally(sum, BALANCED);

    expect([imbalance(emptyTally()), imbalance(BALANCED), imbalance(sum)]).toEqual([[], [], []]);
    expect(sum.captured).toBe(8);
  });

  test.each([
    ['a line that became nothing', { lines: 4 }, '4 lines are not 2 events + 1 rejected + 0 skipped'],
    ['an inference without an outcome', { delivered: 1 }, '4 captured are not 1 delivered + 1 quarantined'],
    ['an inference with two', { quarantined: 2 }, '4 captured are not 2 delivered + 2 quarantined'],
    ['an event that yielded nothing', { captured: 2, delivered: 0 }, 'more than 2 captured'],
  ])('tells %s', (_, change, told) => {
    expect(imbalance({ ...BALANCED, ...change })).toEqual([expect.stringContaining(told)]);
  });
});
