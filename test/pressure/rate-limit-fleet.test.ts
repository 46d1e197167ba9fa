import * as fc from 'fast-check';
import { type FleetOptions, largestBurst, oneToTwenty, runFleet } from './fleet';

/** In any window of W seconds at most rate × (W + 1) + 1; what rounding of times may add is far below a request. */
const allowedBurst = (perSecond: number, spreadMs = 0): number => perSecond * (1 + spreadMs / 1_000) + 1.01;

describe('the rate of a sink, shared by many runners', () => {
  test('is not exceeded in any window, whatever the rate, the runners, their needs and their clocks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          runners: fc.integer({ min: 1, max: 50 }),
          perSecond: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.double({ min: 0.2, max: 5, noNaN: true })),
          most: fc.integer({ min: 1, max: 40 }),
          newProcess: fc.constantFrom('each run', 'never'),
          givesBack: fc.boolean(),
          inFlight: fc.integer({ min: 1, max: 8 }),
          requestMs: fc.constantFrom(0, 30, 300),
          spreadMs: fc.constantFrom(0, 0, 400, 1_000),
          seed: fc.nat(),
        }),
        async ({ most, ...options }) => {
          const needs = (random: () => number): number => 1 + Math.floor(random() * most);
          const { sentMs } = await runFleet({ ...options, needs, seconds: 6 });

          expect(sentMs.length).toBeGreaterThan(0);
          expect(largestBurst(sentMs, options.perSecond)).toBeLessThanOrEqual(
            allowedBurst(options.perSecond, options.spreadMs),
          );
        },
      ),
      { seed: 20260901, numRuns: 30 },
    );
  });

  const BACKLOG: FleetOptions = {
    runners: 1,
    perSecond: 20,
    seconds: 60,
    needs: oneToTwenty,
    newProcess: 'each run',
    inFlight: 4,
    requestMs: 100,
  };

  test.each<[string, Partial<FleetOptions>]>([
    ['1 process at a time that ends after 1 to 20 requests', { runners: 1 }],
    ['10 processes that end after 1 to 20 requests', { runners: 10 }],
    ['50 processes that end after 1 to 20 requests', { runners: 50 }],
    ['10 processes that end after 1 to 20 requests, at 50 a second', { runners: 10, perSecond: 50 }],
    ['50 processes that end after 1 to 20 requests, at 50 a second', { runners: 50, perSecond: 50 }],
    ['50 processes that end after 1 to 20 requests, at 2 a second', { runners: 50, perSecond: 2 }],
    ['50 processes that end after a single request', { runners: 50, needs: () => 1 }],
    ['1 warm process', { newProcess: 'never', inFlight: 8 }],
    [
      '10 warm processes with 1 to 20 requests a run, at 50 a second',
      { runners: 10, newProcess: 'never', perSecond: 50 },
    ],
    [
      '50 warm processes with 1 to 20 requests a run, at 50 a second',
      { runners: 50, newProcess: 'never', perSecond: 50 },
    ],
    ['50 warm processes with runs of 10 requests, at 200 a second', { ...warm(50, 200, () => 10), seconds: 30 }],
    ['50 warm processes that keep what they have, at 50 a second', { ...warm(50, 50, oneToTwenty), givesBack: false }],
    [
      '10 warm processes that send one request after another, at 50 a second',
      { ...warm(10, 50, () => 1_000), inFlight: 1, seconds: 180 },
    ],
  ])('is used to 95 % while there is a backlog, by %s', async (_name, options) => {
    const { usedShare } = await runFleet({ ...BACKLOG, ...options });

    expect(usedShare).toBeGreaterThanOrEqual(0.95);
  });

  test('costs a long run one write for half a second of requests', async () => {
    const { requestsPerWrite, readsPerRequest } = await runFleet({ ...BACKLOG, needs: () => 1_000 });

    expect(requestsPerWrite).toBeGreaterThan(9);
    expect(readsPerRequest).toBeLessThan(0.01);
  });
});

function warm(runners: number, perSecond: number, needs: FleetOptions['needs']): Partial<FleetOptions> {
  return { runners, perSecond, needs, newProcess: 'never' };
}
