import { captureFileText } from '../support/capture-events';
import { RelayWorld } from '../support/relay-world';

const HOUR_MS = 3_600_000;
const FILES = 240;
const PER_SECOND = 0.2;

/** A request a file, a partner that is away for six hours, and a rate that makes the backlog take 20 minutes. */
async function outage(concurrency: number, seed: number) {
  const world = new RelayWorld({ sinks: [{ type: 'file', path: 'x', maxRequestsPerSecond: PER_SECOND }], seed });
  const backMs = world.clock.nowMs() + 6 * HOUR_MS;
  world.answer = () =>
    world.clock.nowMs() < backMs ? { kind: 'retryable', reason: '503', waitMs: null } : { kind: 'delivered' };
  for (let at = 0; at < FILES; at += 1) world.put(`f${at}`, captureFileText([{ eventId: `e${at}` }]));
  await world.run(concurrency);
  const answeredMs = world.calls.map(({ atMs }) => atMs + world.requestMs);
  const before = answeredMs.filter((atMs) => atMs < backMs);
  const after = answeredMs.filter((atMs) => atMs >= backMs);
  return { world, before, after, backMs };
}

describe('after six hours without the partner', () => {
  test.each([
    [1, 1],
    [4, 2],
    [10, 3],
  ])(
    'the backlog drains at the allowed rate, and no dead letter was made (%i runs at once)',
    async (concurrency, seed) => {
      const { world, before, after, backMs } = await outage(concurrency, seed);
      const tookMs = Math.max(...after) - Math.min(...after);

      expect(world.deadLetters).toEqual([]);
      expect(world.stored).toHaveLength(FILES);
      expect(tookMs).toBeLessThanOrEqual((FILES / PER_SECOND) * 1_000 * 1.1);
      // A probe in five minutes, six attempts each; the first minutes find out.
      expect(before.length).toBeLessThan(6 * (6 * 12) + 6 * concurrency + 60);
      expect(Math.min(...after) - backMs).toBeLessThan(300_000 + 60_000);
    },
  );
});
