import { giveBack, readTimeline, reserve, type Timeline } from '../../src/pressure/timeline';

const NOW_MS = 1_000_000;

/** 10 places a second, given out until two seconds from now. */
const busy: Timeline = { ...readTimeline(null, 10), nextMs: NOW_MS + 2_000 };
const asked = { fromMs: NOW_MS, latestMs: NOW_MS + 60_000, count: 3 };

describe('the places of a sink', () => {
  test('follow one another at the rate, from the end of what is given out', () => {
    const { places, earliestMs, next } = reserve(busy, asked);

    expect(places).toEqual([NOW_MS + 2_000, NOW_MS + 2_100, NOW_MS + 2_200]);
    expect(earliestMs).toBe(NOW_MS + 2_000);
    expect(next.nextMs).toBe(NOW_MS + 2_300);
  });

  test('begin with those just past when nobody sent for a while, and save up no more', () => {
    const { places } = reserve({ ...busy, nextMs: NOW_MS - 3_600_000 }, asked);

    expect(places).toEqual([NOW_MS - 600, NOW_MS - 500, NOW_MS - 400]);
  });

  test('are none where the first is too late, and only those that are not', () => {
    expect(reserve(busy, { ...asked, latestMs: NOW_MS + 1_999 })).toEqual({
      places: [],
      earliestMs: NOW_MS + 2_000,
      next: busy,
    });
    expect(reserve(busy, { ...asked, latestMs: NOW_MS + 2_150 }).places).toHaveLength(2);
  });

  test('that were given back go first, and go once', () => {
    const given = giveBack(busy, [NOW_MS + 300, NOW_MS + 400], NOW_MS) ?? busy;
    const first = reserve(given, asked);

    expect(first.places).toEqual([NOW_MS + 300, NOW_MS + 400, NOW_MS + 2_000]);
    expect(first.next.returned).toEqual([]);
    expect(reserve(first.next, asked).places[0]).toBe(NOW_MS + 2_100);
  });

  test('that were given back in pieces become one stretch again', () => {
    const once = giveBack(busy, [NOW_MS + 300, NOW_MS + 500], NOW_MS) ?? busy;
    const twice = giveBack(once, [NOW_MS + 400], NOW_MS);

    expect(once.returned).toHaveLength(2);
    expect(twice?.returned).toEqual([{ firstMs: NOW_MS + 300, count: 3 }]);
  });

  test('that are past are neither given back nor given out', () => {
    const given = giveBack(busy, [NOW_MS + 300], NOW_MS) ?? busy;

    expect(giveBack(busy, [NOW_MS - 700], NOW_MS)).toBeNull();
    expect(reserve(given, { ...asked, fromMs: NOW_MS + 1_000 }).places[0]).toBe(NOW_MS + 2_000);
    expect(reserve(given, { ...asked, fromMs: NOW_MS + 1_000 }).next.returned).toEqual([]);
  });

  test('go on from the same end at another rate, without those given back at the old one', () => {
    const given = giveBack(busy, [NOW_MS + 300, NOW_MS + 400], NOW_MS);

    const slower = readTimeline(JSON.stringify(given), 1);

    expect(reserve(slower, asked).places).toEqual([NOW_MS + 2_000, NOW_MS + 3_000, NOW_MS + 4_000]);
  });
});
