import { NO_COUNTS } from '../../src/ledger/entry';
import { sweepMetricLine } from '../../src/sweep/sweep-metrics';
import { SWEEP_LINES, type SweepLimits } from '../../src/sweep/sweep-options';
import { SweepWorld } from './sweep-world';

/** A run does a bounded amount of work; several of them do what one without bounds does. */
const START = '2026-09-01-00';
const HOURS = Array.from(
  { length: 30 },
  (_, at) => `2026-09-0${1 + Math.floor(at / 24)}-${String(at % 24).padStart(2, '0')}`,
);

/** Two sinks; of every hour some files done, some lost, some stuck. */
async function someWorld(): Promise<SweepWorld> {
  const world = await SweepWorld.since(START, ['arthur', 'lake']);
  for (const [at, hour] of HOURS.entries()) {
    world.at(hour, 10);
    for (let file = 0; file < (at * 7) % 5; file += 1) {
      const key = world.captured(hour, `${file}`);
      if ((at + file) % 3 > 0) await world.entry(key, (at + file) % 4 === 0 ? { state: 'inFlight' } : {});
      if ((at + file) % 2 > 0) await world.entry(key, { counts: { ...NO_COUNTS, captured: 1, skipped: 1 } }, 'lake');
    }
  }
  world.put('captures/credit-risk/by-hand.jsonl');
  world.at('2026-09-04-00', 20);
  return world;
}

/** Messages, roll-ups and the cursor: all that a sweep leaves behind. */
async function leftBehind(world: SweepWorld): Promise<object> {
  const messages = world.sent.map(({ sink, message }) => `${message.file.key} ${message.eTag} ${sink}`).sort();
  const rollups = await Promise.all(
    ['arthur', 'lake'].flatMap((sink) => HOURS.map((hour) => world.rollup(hour, sink))),
  );
  const cursor = JSON.parse((await world.store.get('sweep/v1/credit-risk'))?.body ?? '') as object;
  return { messages, rollups, cursor: { ...cursor, next: 'wherever the last run ended' } };
}

/** More than one run for every message. */
const MAX_RUNS = 300;

/** As many as it takes to look at every hour. */
async function runs(world: SweepWorld, limits: Partial<SweepLimits>): Promise<number> {
  const first = await world.sweep({ limits });
  const all = first.hours + first.hoursLeft;
  let [looked, count] = [first.hours, 1];
  for (; looked < all; count += 1) {
    if (count > MAX_RUNS) throw new Error(`only ${looked} of ${all} hours after ${count} runs`);
    looked += (await world.sweep({ limits })).hours;
  }
  return count;
}

describe('a sweep in several runs', () => {
  test.each([
    ['few keys', { maxKeys: 7 }],
    ['few messages', { maxMessages: 3 }],
    ['one message', { maxMessages: 1 }],
  ] as const)('of %s each leaves behind what one run does', async (_, limits) => {
    const [whole, parts] = [await someWorld(), await someWorld()];
    await whole.sweep();
    const count = await runs(parts, limits);

    expect(count).toBeGreaterThan(4);
    expect(whole.sent.length).toBeGreaterThan(40);
    expect(await leftBehind(parts)).toEqual(await leftBehind(whole));
  });

  test('sends no more messages in a run than it may', async () => {
    const world = await someWorld();

    expect((await world.sweep({ limits: { maxMessages: 10 } })).requeued).toBe(10);
  });

  test('sends at once for a file that came due while earlier runs were at its hour', async () => {
    const world = await SweepWorld.since(START);
    world.at(START, 10);
    for (const name of ['b', 'c', 'd']) world.captured(START, name);
    world.at('2026-09-01-01', 20);
    await world.sweep({ limits: { maxMessages: 2 } });
    // It sorts before what was sent already.
    const late = world.captured(START, 'a');
    world.at('2026-09-01-01', 40);
    await world.sweep({ limits: { maxMessages: 2 } });
    world.at('2026-09-01-02', 20);
    const { sent } = await world.sweep();

    expect(sent.map(({ message }) => message.file.key)).toContain(late);
  });

  test('ends when time is up, wherever it is, and the next run goes on there', async () => {
    const [whole, parts] = [await someWorld(), await someWorld()];
    await whole.sweep();
    let left = 0;
    for (let run = 0; run < 1_000 && parts.sent.length < whole.sent.length; run += 1) {
      let questions = 20 + (run % 30);
      ({ hoursLeft: left } = await parts.sweep({ isLate: () => (questions -= 1) < 0 }));
    }
    await runs(parts, {});

    expect(left).toBeGreaterThan(0);
    expect(new Set(parts.keysSent())).toEqual(new Set(whole.keysSent()));
    expect(((await leftBehind(parts)) as { rollups: object }).rollups).toEqual(
      ((await leftBehind(whole)) as { rollups: object }).rollups,
    );
  });

  test('goes on past an hour that is too large for a run, and says so', async () => {
    const world = await SweepWorld.since(START);
    world.at(START, 10);
    for (let file = 0; file < 200; file += 1) await world.delivered(START, `${file}`);
    world.at('2026-09-01-01', 10);
    const lost = world.captured('2026-09-01-01', 'lost');
    world.at('2026-09-01-02', 20);
    for (let run = 0; run < 2; run += 1) {
      let questions = 100;
      await world.sweep({ isLate: () => (questions -= 1) < 0 });
    }

    expect(world.lines).toContainEqual({ level: 'error', message: SWEEP_LINES.tooLarge, fields: { hour: START } });
    expect(world.keysSent()).toEqual([lost]);
  });

  test('tells by its metrics of hours that other runs looked at', async () => {
    const world = await someWorld();
    await world.sweep();
    const before = world.metrics.get('arthur');
    await world.sweep({ limits: { maxKeys: 0 } });

    expect(before?.MissingFiles).toBeGreaterThan(10);
    expect(world.metrics.get('arthur')).toEqual({ ...before, RequeuedFiles: 0, SweepHours: 1 });
  });

  test('has a metric line that CloudWatch reads', () => {
    const hour = {
      complete: false,
      missing: 2,
      oldestMissingMs: 1_000,
      inFlight: 1,
      oldestInFlightMs: 4_000,
      lookedAtMs: null,
    };
    const line = sweepMetricLine({ model: 'm', sink: 's', hours: [hour, hour], requeued: 3, looked: 5, nowMs: 61_000 });

    expect(JSON.parse(line)).toEqual({
      _aws: {
        Timestamp: 61_000,
        CloudWatchMetrics: [
          {
            Namespace: 'CaptureRelay',
            Dimensions: [['Model', 'Sink']],
            Metrics: [
              { Name: 'MissingFiles', Unit: 'Count' },
              { Name: 'OldestMissingFileAgeSeconds', Unit: 'Seconds' },
              { Name: 'OldestInFlightFileAgeSeconds', Unit: 'Seconds' },
              { Name: 'RequeuedFiles', Unit: 'Count' },
              { Name: 'SweepHours', Unit: 'Count' },
            ],
          },
        ],
      },
      Model: 'm',
      Sink: 's',
      MissingFiles: 4,
      OldestMissingFileAgeSeconds: 60,
      OldestInFlightFileAgeSeconds: 57,
      RequeuedFiles: 3,
      SweepHours: 5,
    });
  });
});
