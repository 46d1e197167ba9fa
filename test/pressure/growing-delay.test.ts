import { growingDelaySeconds } from '../../src/pressure/growing-delay';

const least = (): number => 0;
const most = (): number => 1 - Number.EPSILON;

describe('the delay of a file that waits again and again', () => {
  test('doubles from 5 s to 750 s', () => {
    const delays = Array.from({ length: 10 }, (_, waits) => growingDelaySeconds(waits, null, least));

    expect(delays).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 750, 750]);
  });

  test('is as long as was asked for where that is longer, and never shorter', () => {
    expect(growingDelaySeconds(0, 61_200, least)).toBe(62);
    expect(growingDelaySeconds(5, 61_200, least)).toBe(160);
    expect(growingDelaySeconds(0, 800_000, most)).toBe(900);
  });

  test('is spread by up to a fifth, upwards only, even after hours', () => {
    expect(growingDelaySeconds(3, null, most)).toBe(48);
    expect(growingDelaySeconds(500, null, least)).toBe(750);
    expect(growingDelaySeconds(500, null, most)).toBe(900);
    expect(growingDelaySeconds(0, 100_000, most)).toBe(120);
  });

  test('is a whole number of seconds that SQS takes, whatever is asked', () => {
    for (const asked of [0, 1, 899_999, 900_000, 900_001, 86_400_000, Number.MAX_VALUE, -5, Number.NaN]) {
      const delay = growingDelaySeconds(2_000, asked, Math.random);

      expect(Number.isInteger(delay)).toBe(true);
      expect(delay).toBeGreaterThan(0);
      expect(delay).toBeLessThanOrEqual(900);
    }
  });
});
