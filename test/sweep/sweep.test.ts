import { SourceFailure } from '../../src/core/source';
import { ledgerKey, NO_COUNTS } from '../../src/ledger/entry';
import type { CaptureListing } from '../../src/sweep/capture-listing';
import { SWEEP_LINES } from '../../src/sweep/sweep-options';
import { CAPTURE, eTagOf, SweepWorld } from './sweep-world';

/** Captures minus ledger, hour by hour: what goes to the queue again, and what does not. */
const HOUR = '2026-09-01-14';

describe('a sweep', () => {
  let world: SweepWorld;
  beforeEach(async () => {
    world = await SweepWorld.since(HOUR);
    world.at(HOUR, 10);
  });

  test('sends for a file whose notification was lost, with its content as it is listed', async () => {
    await world.delivered(HOUR, 'a');
    const lost = world.captured(HOUR, 'b', 'lost');
    world.at('2026-09-01-15', 20);
    const { sent, requeued, stop } = await world.sweep();

    expect({ requeued, stop }).toEqual({ requeued: 1, stop: null });
    expect(sent).toEqual([
      {
        sink: 'arthur',
        message: {
          file: { bucket: CAPTURE.bucket, key: lost, versionId: null },
          eTag: eTagOf('lost'),
          sequencer: null,
          sizeBytes: 4,
          sinks: ['arthur'],
          firstSeenMs: world.nowMs,
          waits: 0,
          isOnRecord: false,
        },
      },
    ]);
    expect(world.metrics.get('arthur')).toMatchObject({
      MissingFiles: 1,
      OldestMissingFileAgeSeconds: 70 * 60,
      RequeuedFiles: 1,
      SweepHours: 2,
    });
  });

  test('finds nothing missing once the file was worked on', async () => {
    const lost = world.captured(HOUR, 'b');
    world.at('2026-09-01-15', 20);
    await world.sweep();
    await world.entry(lost);
    world.wait(1);
    const { sent } = await world.sweep();

    expect(sent).toEqual([]);
    expect(world.metrics.get('arthur')).toMatchObject({
      MissingFiles: 0,
      OldestMissingFileAgeSeconds: 0,
      RequeuedFiles: 0,
    });
    expect(await world.rollup(HOUR)).toMatchObject({ complete: true, files: { captured: 1, seen: 1, missing: 0 } });
  });

  test('leaves hours before the start of a sink alone', async () => {
    world.captured('2026-09-01-13', 'early');
    world.put(`${CAPTURE.prefix}by-hand.jsonl`);
    world.captures.set(`${CAPTURE.prefix}old.jsonl`, { content: '', modifiedMs: world.nowMs - 86_400_000 });
    world.at('2026-09-01-15', 20);
    await world.sweep();

    expect(world.keysSent()).toEqual([`${CAPTURE.prefix}by-hand.jsonl`]);
    expect(await world.rollup('2026-09-01-13')).toBeNull();
  });

  test('makes the start marker of a sink that never ran, so that nothing of it is missed from then on', async () => {
    const fresh = await SweepWorld.since(HOUR, []);
    fresh.at(HOUR, 30);
    fresh.captured('2026-09-01-13', 'early');
    await fresh.sweep({ sinks: ['arthur'] });
    const lost = fresh.captured(HOUR, 'lost');
    fresh.at('2026-09-01-15', 20);
    await fresh.sweep({ sinks: ['arthur'] });

    expect(fresh.keysSent()).toEqual([lost]);
  });

  test('waits for a notification that may still be on its way', async () => {
    world.at('2026-09-01-15', 10);
    const late = world.captured(HOUR, 'late');
    world.at('2026-09-01-15', 20);
    await world.sweep();

    expect(world.sent).toEqual([]);
    expect(await world.rollup(HOUR)).toMatchObject({ complete: false, files: { missing: 0, onTheWay: 1 } });

    world.wait(1);
    await world.sweep();

    expect(world.keysSent()).toEqual([late]);
  });

  test('finds a file that came to its hour after the hour was complete', async () => {
    await world.delivered(HOUR, 'a');
    world.at('2026-09-01-15', 20);
    await world.sweep();

    expect(await world.rollup(HOUR)).toMatchObject({ complete: true });

    const late = world.captured(HOUR, 'late');
    world.wait(1);
    await world.sweep();

    expect(world.keysSent()).toEqual([late]);
    expect(await world.rollup(HOUR)).toMatchObject({ complete: false, files: { captured: 2, seen: 1, missing: 1 } });
  });

  test('sends for overwritten content whose notification was lost, even when the hour was complete before', async () => {
    const key = await world.delivered(HOUR, 'a');
    world.at('2026-09-01-15', 20);
    await world.sweep();
    world.put(key, 'newer');
    world.wait(1);
    const { sent } = await world.sweep();

    expect(sent).toMatchObject([{ message: { file: { key }, eTag: eTagOf('newer') } }]);
  });

  test('leaves a finished file alone, and one that was given up whole', async () => {
    await world.delivered(HOUR, 'a');
    const crashed = world.captured(HOUR, 'b');
    await world.entry(crashed, { state: 'quarantined' });
    world.at('2026-09-03-15', 20);
    await world.sweep();

    expect(world.sent).toEqual([]);
    expect(await world.rollup(HOUR)).toMatchObject({ complete: true, files: { seen: 2, done: 2 } });
  });

  test.each(['gone', 'superseded'] as const)(
    'sends for a file that is %s in the ledger, and there after all',
    async (state) => {
      const key = world.captured(HOUR, 'a');
      await world.entry(key, { state });
      world.at('2026-09-01-15', 20);
      await world.sweep();

      expect(world.keysSent()).toEqual([key]);
    },
  );

  test('counts a gone file without sending for it', async () => {
    await world.entry(world.key(HOUR, 'a'), { state: 'gone' });
    world.at('2026-09-01-15', 20);
    await world.sweep();

    expect(world.sent).toEqual([]);
    expect(await world.rollup(HOUR)).toMatchObject({
      complete: true,
      files: { captured: 0, seen: 1, gone: 1 },
      goneFiles: [world.key(HOUR, 'a')],
    });
  });

  test('sends for a file in flight that nobody came back to, with the content the ledger knows', async () => {
    const key = world.captured(HOUR, 'a');
    const entry = await world.entry(key, {
      state: 'inFlight',
      content: { versionId: 'v1', eTag: eTagOf('content'), sequencer: '0B' },
    });
    world.at('2026-09-01-15', 50);
    await world.sweep();

    expect(world.sent).toEqual([]);
    expect(world.metrics.get('arthur')).toMatchObject({ MissingFiles: 0, OldestInFlightFileAgeSeconds: 100 * 60 });

    world.at('2026-09-01-16', 20);
    const { sent } = await world.sweep();

    expect(sent).toMatchObject([
      {
        message: {
          file: { key, versionId: 'v1' },
          eTag: entry.content.eTag,
          sequencer: '0B',
          firstSeenMs: entry.firstSeenMs,
        },
      },
    ]);
  });

  test('leaves a file in flight alone while a run holds it', async () => {
    const key = world.captured(HOUR, 'a');
    await world.entry(key, { state: 'inFlight', lease: { owner: 'a run of a day', durationMs: 86_400_000 } });
    world.at('2026-09-01-20', 20);
    await world.sweep();

    expect(world.sent).toEqual([]);
  });

  test('sends for a file in flight that is listed no more, so that a run can find it gone', async () => {
    await world.entry(world.key(HOUR, 'a'), { state: 'inFlight' });
    world.at('2026-09-01-17', 20);
    await world.sweep();

    expect(world.keysSent()).toEqual([world.key(HOUR, 'a')]);
  });

  test('leaves files alone that a replay reads from elsewhere', async () => {
    const elsewhere = { bucket: 'archive', key: world.key(HOUR, 'a') };
    await world.entry(elsewhere.key, { state: 'inFlight', ...elsewhere });
    world.at('2026-09-01-17', 20);
    await world.sweep();

    expect(world.sent).toEqual([]);
  });

  test('sends again for what does not come, more and more seldom', async () => {
    world.captured(HOUR, 'a');
    world.at('2026-09-01-15', 20);
    const hoursOfMessages: number[] = [];
    for (let hour = 0; hour <= 72; hour += 1) {
      if ((await world.sweep()).requeued > 0) hoursOfMessages.push(hour);
      world.wait(1);
    }

    expect(hoursOfMessages).toEqual([0, 2, 4, 8, 16, 24, 48, 72]);
  });

  test('does for each sink what that sink wants', async () => {
    const both = await SweepWorld.since(HOUR, ['arthur', 'lake']);
    both.at(HOUR, 10);
    const key = await both.delivered(HOUR, 'a', 'arthur');
    both.at('2026-09-01-15', 20);
    const { sent } = await both.sweep();

    expect(sent).toMatchObject([{ sink: 'lake', message: { file: { key }, sinks: ['lake'] } }]);
    expect([both.metrics.get('arthur')?.MissingFiles, both.metrics.get('lake')?.MissingFiles]).toEqual([0, 1]);
  });

  test('looks for a sink that came later from its own start on', async () => {
    const early = world.captured(HOUR, 'a');
    await world.entry(early);
    world.at('2026-09-01-16', 10);
    await world.start('lake', '2026-09-01-16');
    const later = world.captured('2026-09-01-16', 'b');
    await world.entry(later);
    world.at('2026-09-01-17', 20);
    const { sent } = await world.sweep({ sinks: ['arthur', 'lake'] });

    expect(sent.map(({ sink, message }) => [sink, message.file.key])).toEqual([['lake', later]]);
    expect(await world.rollup(HOUR, 'lake')).toBeNull();
  });

  test('looks at files outside the layout, too', async () => {
    const odd = [
      'by-hand.jsonl',
      'endpoint/x.jsonl',
      'endpoint/AllTraffic/2026/09/notes/x.jsonl',
      'endpoint/AllTraffic/2026/09/01/14/deep/x.jsonl',
    ];
    await world.delivered(HOUR, 'a');
    for (const name of odd) world.put(CAPTURE.prefix + name);
    world.at('2026-09-01-15', 20);
    await world.sweep();

    expect(world.keysSent().sort()).toEqual(odd.map((name) => CAPTURE.prefix + name).sort());
    expect(await world.rollup('no-hour')).toMatchObject({ files: { captured: odd.length, missing: odd.length } });
  });

  test('does not list a complete hour again after two days', async () => {
    await world.delivered(HOUR, 'a');
    world.at('2026-09-03-16', 20);
    await world.sweep();
    const callsThen = world.store.calls.get;
    world.captured(HOUR, 'too-late');
    world.wait(1);
    const { hours } = await world.sweep();

    expect(world.sent).toEqual([]);
    // The last 48 hours, and what has no hour.
    expect(hours).toBe(50);
    expect(world.store.calls.get - callsThen).toBeLessThan(60);
  });

  test('looks at an hour that is not complete for as long as it is not', async () => {
    const key = world.captured(HOUR, 'a');
    world.at('2026-09-10-15', 20);
    await world.sweep();
    world.wait(1);
    await world.sweep();

    expect(world.metrics.get('arthur')).toMatchObject({ MissingFiles: 1 });

    await world.entry(key);
    await world.sweep();
    const { hours } = await world.sweep();

    expect(world.metrics.get('arthur')).toMatchObject({ MissingFiles: 0 });
    expect(hours).toBe(49);
  });

  test('does no harm when two run at once: messages twice, and state as after one', async () => {
    const alone = await SweepWorld.since(HOUR);
    for (const each of [world, alone]) {
      each.at(HOUR, 10);
      await each.delivered(HOUR, 'a');
      each.captured(HOUR, 'lost');
      each.at('2026-09-01-15', 20);
    }
    await alone.sweep();
    await Promise.all([world.sweep(), world.sweep()]);

    expect(world.keysSent()).toEqual([...alone.keysSent(), ...alone.keysSent()]);
    expect(await world.rollup(HOUR)).toEqual(await alone.rollup(HOUR));
    expect((await world.store.get('sweep/v1/credit-risk'))?.body).toEqual(
      (await alone.store.get('sweep/v1/credit-risk'))?.body,
    );
  });

  test('says why it could not go on when the state store cannot be reached, and finds all of it afterwards', async () => {
    const lost = world.captured(HOUR, 'lost');
    world.at('2026-09-01-15', 20);
    world.store.faults.isDown = true;
    const { stop } = await world.sweep();
    world.store.faults.isDown = false;
    await world.sweep();

    expect(stop).toMatchObject({ code: 'STATE_UNAVAILABLE' });
    expect(world.lines[0]).toMatchObject({
      level: 'error',
      message: SWEEP_LINES.stopped,
      fields: { code: 'STATE_UNAVAILABLE' },
    });
    expect(world.keysSent()).toEqual([lost]);
  });

  test('that loses the state store half-way finds the rest the next time', async () => {
    const lost = ['2026-09-01-14', '2026-09-01-15', '2026-09-01-16'].map((hour) => {
      world.at(hour, 10);
      return world.captured(hour, 'lost');
    });
    world.at('2026-09-01-17', 20);
    const { stop } = await world.sweep({
      send: (sink, message) => {
        world.sent.push({ sink, message });
        world.store.faults.isDown = true;
        return Promise.resolve();
      },
    });
    world.store.faults.isDown = false;
    await world.sweep();

    expect(stop).toMatchObject({ code: 'STATE_UNAVAILABLE' });
    expect([...new Set(world.keysSent())]).toEqual(lost);
  });

  test('says that the captures cannot be listed, and does not take them for gone', async () => {
    world.at('2026-09-01-15', 20);
    const survey = (): Promise<never> => Promise.reject(new SourceFailure('denied', 's3:ListBucket'));
    const { stop } = await world.sweep({ listing: { survey } });

    expect(stop).toEqual({ code: 'SOURCE_DENIED', reason: 's3:ListBucket' });
    expect(world.metrics.size).toBe(0);
  });

  test('that cannot send to one queue serves the others, and sends to it the next time', async () => {
    const both = await SweepWorld.since(HOUR, ['arthur', 'lake']);
    both.at(HOUR, 10);
    both.captured(HOUR, 'a');
    both.captured(HOUR, 'b');
    both.at('2026-09-01-15', 20);
    both.brokenQueues.add('arthur');
    const { sent, stop } = await both.sweep();
    both.brokenQueues.clear();
    const next = await both.sweep();

    expect(sent.map(({ sink }) => sink)).toEqual(['lake', 'lake']);
    expect(stop).toMatchObject({ code: 'HAND_OVER_FAILED' });
    expect(next.sent.map(({ sink }) => sink)).toEqual(['arthur', 'arthur']);
    expect(next.stop).toBeNull();
  });

  test('asks a queue that takes nothing no more in the same run', async () => {
    for (let file = 0; file < 100; file += 1) world.captured(HOUR, `${file}`);
    world.at('2026-09-01-15', 20);
    let asked = 0;
    const send = (): Promise<void> => {
      asked += 1;
      return Promise.reject(new Error('AccessDenied'));
    };
    const { requeued } = await world.sweep({ send });

    expect(requeued).toBe(0);
    // Those that were open together.
    expect(asked).toBeLessThanOrEqual(25);
  });

  test('keeps what it looked at when the captures of a later hour cannot be listed', async () => {
    world.captured(HOUR, 'a');
    world.at('2026-09-01-17', 20);
    const survey = (): ReturnType<CaptureListing['survey']> =>
      Promise.resolve({
        files: (hour) =>
          hour === HOUR ? Promise.resolve([]) : Promise.reject(new SourceFailure('unavailable', '503 Slow Down')),
      });
    const { hours, stop } = await world.sweep({ listing: { survey } });
    const cursor = JSON.parse((await world.store.get('sweep/v1/credit-risk'))?.body ?? '') as object;

    expect({ hours, stop }).toEqual({ hours: 1, stop: { code: 'SOURCE_UNAVAILABLE', reason: '503 Slow Down' } });
    expect(cursor).toMatchObject({ next: '2026-09-01-15', hours: { [HOUR]: { arthur: { complete: true } } } });
  });

  test.each([
    ['of another version', '{"schema":2}'],
    ['without members', '{"schema":1}'],
    ['that is no JSON', 'zzz'],
  ])('goes on past an entry %s, names it, and keeps its hour open', async (_what, body) => {
    const [broken, lost] = [world.captured(HOUR, 'a'), world.captured(HOUR, 'b')];
    const key = ledgerKey('credit-risk', 'arthur', { bucket: CAPTURE.bucket, key: broken });
    await world.store.put(key, body, 'any');
    world.at('2026-09-01-15', 20);
    await world.sweep();

    expect(world.keysSent()).toEqual([lost]);
    expect(await world.rollup(HOUR)).toMatchObject({ complete: false });
    expect(world.lines).toContainEqual({
      level: 'error',
      message: SWEEP_LINES.unreadable,
      fields: { sink: 'arthur', hour: HOUR, entries: 1, keys: [key] },
    });
  });

  test('keeps an hour open as long as one of its entries cannot be read', async () => {
    await world.entry(world.captured(HOUR, 'a'), { schema: 2 as 1 });
    world.at('2026-09-01-15', 20);
    await world.sweep();

    expect(await world.rollup(HOUR)).toMatchObject({ complete: false, files: { missing: 0, inFlight: 0 } });
  });

  test('finds a file whose entry was lost after its hour was complete', async () => {
    const key = await world.delivered(HOUR, 'a');
    world.at('2026-09-01-15', 20);
    await world.sweep();
    await world.store.remove(ledgerKey('credit-risk', 'arthur', { bucket: CAPTURE.bucket, key }));
    world.wait(1);
    await world.sweep();

    expect(world.keysSent()).toEqual([key]);
  });

  test.each([
    ['an hour later', 1],
    ['in the very second in which it was read', 0],
  ])('adds an hour up again when an entry is written %s', async (_, hours) => {
    const key = world.captured(HOUR, 'a');
    world.at('2026-09-01-15', 20);
    await world.entry(key);
    await world.sweep();
    world.wait(hours);
    await world.entry(key, { counts: { ...NO_COUNTS, captured: 10, delivered: 10, redriven: 1 } });
    world.wait(1);
    await world.sweep();

    expect(await world.rollup(HOUR)).toMatchObject({ counts: { delivered: 10, redriven: 1, quarantined: 0 } });
  });

  test('makes roll-ups that hold earlier contents and generations, too', async () => {
    const counts = { ...NO_COUNTS, captured: 5, delivered: 3, skipped: 1, purged: 1 };
    await world.delivered(HOUR, 'a');
    await world.entry(world.captured(HOUR, 'b'), {
      counts,
      earlier: { files: { done: 1, gone: 0, superseded: 2, quarantined: 1 }, counts },
    });
    world.at('2026-09-01-15', 20);
    await world.sweep();

    expect(await world.rollup(HOUR)).toMatchObject({
      files: { captured: 2, seen: 6, done: 4, inFlight: 0, gone: 0, superseded: 2, missing: 0 },
      counts: { captured: 20, delivered: 15, accepted: 4, quarantined: 1, skipped: 2, purged: 2 },
    });
  });
});
