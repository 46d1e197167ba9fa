import { maxBatchAt, Pace } from '../../src/replay/pace';

/** A clock that only sleeps move, and the moments at which inferences went. */
function paced(perSecond: number) {
  let nowMs = 5_000;
  const went: { readonly atMs: number; readonly inferences: number }[] = [];
  const clock = {
    nowMs: () => nowMs,
    sleep: (ms: number): Promise<void> => Promise.resolve(void (nowMs += ms)),
  };
  const pace = new Pace(perSecond, clock);
  const send = async (inferences: number): Promise<void> => {
    await pace.take(inferences);
    went.push({ atMs: nowMs - 5_000, inferences });
  };
  return { pace, send, went, pass: (ms: number) => (nowMs += ms) };
}

describe('the pace', () => {
  test('spreads requests evenly over the second', async () => {
    const { send, went } = paced(20);
    for (let call = 0; call < 6; call += 1) await send(5);

    expect(went.map(({ atMs }) => atMs)).toEqual([0, 250, 500, 750, 1_000, 1_250]);
  });

  test.each([
    [1, 1],
    [20, 10],
    [20, 20],
    [2.5, 2],
    [1_000, 250],
  ])('keeps to %d inferences a second in requests of %d', async (perSecond, batch) => {
    const { send, went } = paced(perSecond);
    for (let call = 0; call < 50; call += 1) await send(batch);
    const before = went.slice(0, -1).reduce((sum, { inferences }) => sum + inferences, 0);

    expect(before).toBeCloseTo((perSecond * (went.at(-1)?.atMs ?? 0)) / 1_000, 6);
  });

  test('saves nothing up while nothing is sent', async () => {
    const { send, went, pass } = paced(10);
    await send(10);
    pass(60_000);
    await send(10);
    await send(10);

    expect(went.map(({ atMs }) => atMs)).toEqual([0, 60_000, 61_000]);
  });

  test('holds the next one back for what turned out to have gone', async () => {
    const { pace, send, went } = paced(10);
    await send(0);
    pace.spend(30);
    await send(1);

    expect(went.map(({ atMs }) => atMs)).toEqual([0, 3_000]);
  });

  test.each([
    [0.2, 1],
    [1, 1],
    [7.9, 7],
  ])('of %d a second allows requests of %d', (perSecond, batch) => {
    expect(maxBatchAt(perSecond)).toBe(batch);
  });
});
