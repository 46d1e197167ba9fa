import { writeWorkMessage } from '../../src/aws/work-message';
import { ledgerKey } from '../../src/ledger/entry';
import { captureFileText, csv, FILE } from '../support/capture-events';
import { Life, RelayWorld } from '../support/relay-world';

const events = (name: string, count: number): string =>
  captureFileText(Array.from({ length: count }, (_, at) => ({ eventId: `${name}-${at}` })));

const HOUR_MS = 3_600_000;
const capturedEvents = (world: RelayWorld) =>
  world.metrics.flatMap(({ CapturedEvents: count }) => (typeof count === 'number' ? [count] : []));
const said = (world: RelayWorld, code: string) => world.logs.filter((line) => line.code === code);

describe('with a ledger', () => {
  test('a file is delivered once, however often its notification comes', async () => {
    const world = new RelayWorld();
    const key = world.put('a', events('a', 5));
    world.notify(key);
    await world.run();
    world.notify(key);
    await world.run(2);

    expect(world.stored).toHaveLength(5);
    expect(await world.entry(key)).toMatchObject({
      state: 'done',
      lease: null,
      attempts: 0,
      counts: { lines: 5, events: 5, captured: 5, delivered: 5 },
    });
  });

  test('a file is delivered once when two runs get it, one after the other began', async () => {
    const world = new RelayWorld({ batchInferences: 1 });
    const key = world.put('a', events('a', 30));
    const both = [world.take(1)];
    world.notify(key);
    both.push(world.take(1));
    await world.clock.run(async () => {
      const failed = await Promise.all(
        both.map(async (messages, at) => {
          await world.clock.sleep(at * 500);
          return world.invoke(messages);
        }),
      );
      both.forEach((messages, at) => world.acknowledge(messages, failed[at] ?? new Set()));
    });
    const first = [...world.stored];
    await world.run();

    expect(first).toHaveLength(30);
    expect(world.stored).toHaveLength(30);
    expect(said(world, 'FILE_BUSY').length).toBeGreaterThan(0);
  });

  test('goes on where the time ran out, in a fresh message, and sends nothing twice', async () => {
    const world = new RelayWorld({ timeoutMs: 5_000, batchInferences: 1, maxInFlight: 2 });
    const key = world.put('a', events('a', 100));
    await world.run();

    expect(world.stored).toHaveLength(100);
    expect(new Set(world.stored).size).toBe(100);
    expect(world.logs.filter(({ message }) => String(message).startsWith('handed over')).length).toBeGreaterThan(2);
    expect(await world.entry(key)).toMatchObject({
      state: 'done',
      counts: { captured: 100, delivered: 100, events: 100 },
    });
  });

  test('counts each event as captured once, over hand-overs, repeats and an outage', async () => {
    const world = new RelayWorld({ timeoutMs: 5_000, batchInferences: 1, maxInFlight: 2 });
    const key = world.put('a', events('a', 60));
    world.answer = () =>
      world.calls.length % 7 === 3 ? { kind: 'retryable', reason: '503', waitMs: null } : { kind: 'delivered' };
    await world.run();
    world.notify(key);
    await world.run();

    const counted = capturedEvents(world);
    expect(counted.length).toBeGreaterThan(2);
    expect(counted.reduce((sum, each) => sum + each, 0)).toBe(60);
  });

  test('counts events as captured that were delivered before a bug ended the run', async () => {
    const world = new RelayWorld({ batchInferences: 1 });
    const key = world.put('a', events('a', 6));
    let hasBug = true;
    world.answer = () => {
      if (hasBug && world.stored.length === 3) {
        hasBug = false;
        throw new TypeError('a bug');
      }
      return { kind: 'delivered' };
    };
    await world.run();

    expect(await world.entry(key)).toMatchObject({ state: 'done', counts: { events: 6 } });
    expect(said(world, 'INTERNAL_ERROR')).toHaveLength(1);
    expect(capturedEvents(world)).toEqual([3, 3]);
  });

  test('goes on in the middle of an event, with the same ids', async () => {
    const world = new RelayWorld({ timeoutMs: 5_000, batchInferences: 1 });
    const rows = Array.from({ length: 60 }, (_, at) => String(at)).join('\n');
    const key = world.put('a', captureFileText([{ eventId: 'many', input: csv(rows), output: csv(rows) }]));
    await world.run();

    expect(new Set(world.stored).size).toBe(60);
    expect(world.stored).toHaveLength(60);
    expect([...world.ids].map(([, ids]) => [...ids])).toEqual(Array.from({ length: 60 }, (_, at) => [`many_${at}`]));
    expect(await world.entry(key)).toMatchObject({ counts: { lines: 1, events: 1, captured: 60, delivered: 60 } });
  });

  test('writes at most two times more than it delivers batches', async () => {
    const world = new RelayWorld({ batchInferences: 1 });
    world.put('a', events('a', 20));
    await world.run();

    expect(world.calls).toHaveLength(20);
    expect(world.store.calls.put).toBeLessThanOrEqual(22);
  });

  test('waits while the partner is away: no dead letter, no storm of requests, and all of it arrives afterwards', async () => {
    const world = new RelayWorld();
    const downUntilMs = world.clock.nowMs() + 6 * HOUR_MS;
    world.answer = () =>
      world.clock.nowMs() < downUntilMs
        ? { kind: 'retryable', reason: 'Arthur answered 503', waitMs: null }
        : { kind: 'delivered' };
    const keys = Array.from({ length: 40 }, (_, at) => world.put(`f${at}`, events(`f${at}`, 2)));
    await world.run(4);

    expect(world.deadLetters).toEqual([]);
    expect(new Set(world.stored).size).toBe(80);
    expect(world.stored).toHaveLength(80);
    // Six attempts each time, one probe in five minutes.
    expect(world.calls.filter(({ atMs }) => atMs < downUntilMs).length).toBeLessThan(6 * (6 * 12 + 20));
    for (const key of keys) expect(await world.entry(key)).toMatchObject({ state: 'done', stop: null });
  });

  test('has every file on record while the partner is away, with the reason, at one write for each', async () => {
    const world = new RelayWorld();
    const startMs = world.clock.nowMs();
    const hours = (): number => (world.clock.nowMs() - startMs) / HOUR_MS;
    world.answer = () =>
      hours() < 6 ? { kind: 'retryable', reason: 'Arthur answered 503', waitMs: null } : { kind: 'delivered' };
    const keys = Array.from({ length: 200 }, (_, at) => world.put(`f${at}`, events(`f${at}`, 2)));
    await world.run(1, () => hours() > 1);
    const entries = await Promise.all(keys.map((key) => world.entry(key)));
    const putsBefore = world.store.calls.put;
    await world.run(1, () => hours() > 5);

    const waiting = { state: 'inFlight', lease: null, attempts: 0, stop: { code: 'SINK_UNAVAILABLE' } };
    expect(entries).toMatchObject(keys.map(() => waiting));
    // Probes alone, in four hours: the breaker twice, a lease and its end.
    expect(world.store.calls.put - putsBefore).toBeLessThan(4 * 12 * 5);
    await world.run();
    expect(world.stored).toHaveLength(400);
  });

  test('has files on record that were handed over before they could begin, and then met a shut breaker', async () => {
    const world = new RelayWorld({ timeoutMs: 30_000, batchInferences: 1 });
    const startMs = world.clock.nowMs();
    const passedMs = (): number => world.clock.nowMs() - startMs;
    world.put('large', events('large', 250));
    const keys = Array.from({ length: 5 }, (_, at) => world.put(`f${at}`));
    world.answer = () =>
      passedMs() > 22_000 ? { kind: 'retryable', reason: '503', waitMs: null } : { kind: 'delivered' };
    await world.run(1, () => passedMs() > HOUR_MS);
    const entries = await Promise.all(keys.map((key) => world.entry(key)));

    expect(said(world, 'TIME_USED_UP').length).toBeGreaterThan(1);
    expect(entries).toMatchObject(keys.map(() => ({ state: 'inFlight', stop: { code: 'SINK_UNAVAILABLE' } })));
  });

  test('leaves a file missing that no message of its own carries on', async () => {
    const world = new RelayWorld({ canHandOver: false });
    world.answer = () => ({ kind: 'retryable', reason: '503', waitMs: null });
    const first = world.put('first');
    await world.run(1, () => world.calls.length > 0);
    const second = world.put('second');
    await world.run();

    expect(world.deadLetters).toHaveLength(2);
    expect(await world.entry(first)).toMatchObject({ state: 'inFlight' });
    await expect(world.entry(second)).rejects.toThrow('no entry');
  });

  test('keeps everything while the token is refused, tells of it, and goes on by itself', async () => {
    const world = new RelayWorld();
    const curedMs = world.clock.nowMs() + 2 * HOUR_MS;
    world.answer = () =>
      world.clock.nowMs() < curedMs
        ? { kind: 'misconfigured', code: 'SINK_TOKEN_REFUSED', reason: 'Arthur answered 401' }
        : { kind: 'delivered' };
    const key = world.put('a', events('a', 6));
    await world.run(1, () => world.clock.nowMs() > curedMs - HOUR_MS);

    expect(await world.entry(key)).toMatchObject({
      state: 'inFlight',
      lease: null,
      stop: { code: 'SINK_TOKEN_REFUSED' },
      counts: { quarantined: 0 },
    });
    await world.run();
    expect(world.stored).toHaveLength(6);
    expect(world.deadLetters).toEqual([]);
  });

  test('reads a secret once more when a token that worked is refused, and goes on in the same run', async () => {
    const world = new RelayWorld({ batchInferences: 1 });
    let refusals = 0;
    world.answer = () => {
      if (world.stored.length === 3 && refusals === 0) {
        refusals += 1;
        return { kind: 'misconfigured', code: 'SINK_TOKEN_REFUSED', reason: '401' };
      }
      return { kind: 'delivered' };
    };
    const key = world.put('a', events('a', 6));
    await world.clock.run(async () => {
      const messages = world.take();
      world.acknowledge(messages, (await world.invoke(messages)) ?? new Set());
    });

    expect(world.stored).toHaveLength(6);
    expect(new Set(world.stored).size).toBe(6);
    expect(world.queueLength).toBe(0);
    expect(await world.entry(key)).toMatchObject({ state: 'done', counts: { captured: 6, delivered: 6 } });
  });

  test('holds a file of which each of the first inferences is refused, over batches and runs, and quarantines none', async () => {
    const world = new RelayWorld({ batchInferences: 1 });
    const curedMs = world.clock.nowMs() + HOUR_MS;
    world.answer = () =>
      world.clock.nowMs() < curedMs
        ? { kind: 'rejected', code: 'PARTNER_REFUSED', reason: 'unknown column', isolate: false }
        : { kind: 'delivered' };
    const key = world.put('a', events('a', 15));
    const other = world.put('b', events('b', 3));
    await world.run(1, () => world.clock.nowMs() > curedMs - 1_000);
    const held = await world.entry(key);
    await world.run();

    expect(held).toMatchObject({ stop: { code: 'SINK_REFUSES_ALL' }, counts: { quarantined: 0, delivered: 0 } });
    expect(await world.entry(key)).toMatchObject({ counts: { delivered: 15, quarantined: 0 } });
    expect(await world.entry(other)).toMatchObject({ counts: { quarantined: 3 } });
  });
});

describe('a file that ends the process each time', () => {
  /** Files that end the process as soon as they are read, the first in their batch of messages, and others. */
  function poisoned(count: number) {
    const world = new RelayWorld();
    const poison = Array.from({ length: count }, (_, at) => world.put(`poison${at}`, events('poison', 3)));
    const neighbours = ['a', 'b', 'c'].map((name) => world.put(name, events(name, 2)));
    const lives: Life[] = [];
    world.nextLife = () => {
      const life = new Life();
      lives.push(life);
      return life;
    };
    world.onRead = (key) => {
      if (poison.includes(key)) lives.at(-1)?.end();
    };
    return { world, poison, neighbours, lives };
  }

  test.each([1, 2, 3])(
    'is given up as a whole, and its neighbours in the same batch of messages are delivered (%i such files)',
    async (count) => {
      const { world, poison, neighbours, lives } = poisoned(count);
      await world.run();

      expect(world.deadLetters).toEqual([]);
      for (const key of poison)
        expect(await world.entry(key)).toMatchObject({
          state: 'quarantined',
          stop: { code: 'FILE_CRASHES' },
          counts: { captured: 1, quarantined: 1, delivered: 0 },
        });
      for (const key of neighbours) expect(await world.entry(key)).toMatchObject({ state: 'done', attempts: 0 });
      expect(world.stored).toHaveLength(6);
      expect((await world.quarantined()).map(({ code }) => code)).toEqual(poison.map(() => 'FILE_CRASHES'));
      expect(lives.filter(({ wasKilled }) => wasKilled)).toHaveLength(3 * count);
    },
  );
});

describe('an object that changes', () => {
  /** Does something to the file once so many inferences are stored. */
  function disturbed(after: number, disturb: (world: RelayWorld, key: string) => void) {
    const world = new RelayWorld({ batchInferences: 1, timeoutMs: 5_000 });
    const key = world.put('a', events('a', 40));
    let isDone = false;
    world.answer = () => {
      if (!isDone && world.stored.length === after) {
        isDone = true;
        disturb(world, key);
      }
      return { kind: 'delivered' };
    };
    return { world, key };
  }

  test('into other content in the middle of reading is closed, and the new content is delivered from its start', async () => {
    const { world, key } = disturbed(10, (each) => each.put('a', events('new', 5)));
    await world.run();
    const { state, counts, earlier } = await world.entry(key);

    expect([state, counts.delivered, earlier.files.superseded]).toEqual(['done', 5, 1]);
    expect(earlier.counts.captured).toBe(earlier.counts.delivered);
    expect(world.stored).toHaveLength(5 + earlier.counts.delivered);
  });

  test('into a copy of itself in the middle of reading goes on where it was', async () => {
    const { world, key } = disturbed(10, (each) => each.copyOver(key));
    await world.run();

    expect(world.stored).toHaveLength(40);
    expect(await world.entry(key)).toMatchObject({ state: 'done', counts: { delivered: 40 } });
  });

  test('into a copy of itself when it was done is no second delivery', async () => {
    const world = new RelayWorld();
    const key = world.put('a', events('a', 4));
    await world.run();
    world.copyOver(key);
    await world.run();

    expect(world.stored).toHaveLength(4);
    expect(await world.entry(key)).toMatchObject({ state: 'done', earlier: { files: { done: 0 } } });
  });

  test('after it was done is delivered as new content', async () => {
    const world = new RelayWorld();
    const key = world.put('a', events('a', 4));
    await world.run();
    world.put('a', events('b', 4));
    await world.run();

    expect(world.stored).toHaveLength(8);
    expect(await world.entry(key)).toMatchObject({
      counts: { delivered: 4 },
      earlier: { files: { done: 1 }, counts: { delivered: 4 } },
    });
  });

  test('to nothing in the middle of reading is gone, with what was delivered of it', async () => {
    const { world, key } = disturbed(10, (each) => each.remove(key));
    await world.run();
    const { state, counts, stop } = await world.entry(key);

    expect([state, stop]).toEqual(['gone', null]);
    expect(counts.delivered).toBe(world.stored.length);
    expect(world.queueLength).toBe(0);
  });

  test('tells an older notification from a newer one, and does nothing for it', async () => {
    const world = new RelayWorld();
    const key = world.put('a', events('old', 2));
    const [old] = world.take();
    world.put('a', events('new', 3));
    await world.run(1, () => world.stored.length === 3);
    await world.clock.run(async () => {
      if (old !== undefined) await world.invoke([old]);
    });

    expect(world.stored).toHaveLength(3);
    expect(await world.entry(key)).toMatchObject({ state: 'done', earlier: { files: { superseded: 0 } } });
  });
});

describe('an entry that is damaged', () => {
  test('holds its own file back, names itself, and lets the file go on once it is gone', async () => {
    const world = new RelayWorld();
    const key = world.put('a', events('a', 2));
    world.put('b', events('b', 3));
    const entryKey = ledgerKey('m', 'file', { bucket: FILE.bucket, key });
    await world.store.put(entryKey, '{"schema":1}', 'any');
    await world.run(1, () => said(world, 'STATE_UNREADABLE').length > 5);
    const meanwhile = world.stored.length;
    await world.store.remove(entryKey);
    await world.run();

    expect(meanwhile).toBe(3);
    expect(world.stored).toHaveLength(5);
    expect(world.deadLetters).toEqual([]);
    expect(said(world, 'STATE_UNREADABLE')[0]).toMatchObject({ level: 'error', key });
    expect(String(said(world, 'STATE_UNREADABLE')[0]?.message)).toContain(entryKey);
  });
});

describe('a message without a sequencer, as the sweep and a replay send it,', () => {
  const without = (key: string, eTag: string): string =>
    writeWorkMessage({
      file: { bucket: FILE.bucket, key, versionId: null },
      eTag,
      sequencer: null,
      sizeBytes: null,
      sinks: ['file'],
      firstSeenMs: null,
      waits: 0,
      isOnRecord: false,
    });

  test('for content that was overwritten leaves the newer one as it is', async () => {
    const world = new RelayWorld();
    const key = world.put('a', events('old', 2), false);
    world.put('a', events('new', 3));
    await world.run();
    world.send(without(key, 'etag-1'));
    await world.run();

    expect(world.stored).toHaveLength(3);
    expect(await world.entry(key)).toMatchObject({ state: 'done', content: { eTag: 'etag-2' } });
  });

  test('brings content that an older notification, which waited, does not close again', async () => {
    const world = new RelayWorld();
    const key = world.put('a', events('old', 2));
    const [old] = world.take();
    world.put('a', events('new', 3), false);
    world.send(without(key, 'etag-3'));
    await world.run(1, () => world.stored.length === 3);
    await world.clock.run(async () => {
      if (old !== undefined) await world.invoke([old]);
    });

    expect(await world.entry(key)).toMatchObject({ state: 'done', content: { eTag: 'etag-3' } });
    expect(world.stored).toHaveLength(3);
  });

  test('takes away no sequencer that is known', async () => {
    const world = new RelayWorld();
    const key = world.put('a', events('a', 2));
    await world.run();
    world.send(without(key, 'etag-1'));
    await world.run();

    expect(await world.entry(key)).toMatchObject({ content: { sequencer: '0000000000000001' } });
  });
});

describe('a configuration that changes in the middle of a file', () => {
  test('begins the open event anew, and no other one', async () => {
    const world = new RelayWorld({ batchInferences: 1, timeoutMs: 5_000 });
    const rows = Array.from({ length: 30 }, (_, at) => `${at},2`).join('\n');
    const key = world.put(
      'a',
      captureFileText([{ eventId: 'first' }, { eventId: 'many', input: csv(rows), output: csv(rows) }, {}]),
    );
    world.answer = () => {
      if (world.stored.length > 10) world.model = { identity: 'eventId' };
      return { kind: 'delivered' };
    };
    await world.run();
    const { counts } = await world.entry(key);

    expect(counts).toMatchObject({ events: 3, captured: 32, delivered: 32 });
    expect(new Set(world.stored).size).toBe(32);
    expect(world.stored.filter((place) => place.includes(':1:'))).toHaveLength(1);
    expect(world.stored.length).toBeGreaterThan(32);
  });
});

describe('several sinks', () => {
  test('do not wait for one of them that is down', async () => {
    const sinks = ['up', 'down'].map((name) => ({ type: 'file', path: 'x', name }));
    const world = new RelayWorld({ sinks });
    const startMs = world.clock.nowMs();
    world.answer = (_batch, sink) =>
      sink === 'down' && world.clock.nowMs() < startMs + HOUR_MS
        ? { kind: 'retryable', reason: '503', waitMs: null }
        : { kind: 'delivered' };
    const keys = ['a', 'b', 'c'].map((name) => world.put(name, events(name, 4)));
    await world.run();

    const upAtMs = world.calls.filter(({ sink }) => sink === 'up').map(({ atMs }) => atMs - startMs);
    expect(Math.max(...upAtMs)).toBeLessThan(120_000);
    for (const key of keys)
      for (const sink of ['up', 'down'])
        expect(await world.entry(key, sink)).toMatchObject({ state: 'done', counts: { delivered: 4 } });
    expect(world.stored).toHaveLength(24);
  });
});

describe('a state store that cannot be reached', () => {
  test('stops all sending, and nothing is lost or sent twice beyond what was in flight', async () => {
    const world = new RelayWorld({ batchInferences: 1, maxInFlight: 2 });
    const keys = ['a', 'b'].map((name) => world.put(name, events(name, 30)));
    let sentWhileDown = 0;
    world.answer = () => {
      if (world.store.faults.isDown) sentWhileDown += 1;
      return { kind: 'delivered' };
    };
    await world.clock.run(async () => {
      void world.clock.sleep(1_000).then(() => (world.store.faults.isDown = true));
      void world.clock.sleep(600_000).then(() => (world.store.faults.isDown = false));
      await world.drain();
    });

    expect(sentWhileDown).toBeLessThanOrEqual(2);
    expect(new Set(world.stored).size).toBe(60);
    expect(world.stored.length).toBeLessThanOrEqual(62);
    expect(world.deadLetters).toEqual([]);
    for (const key of keys) expect(await world.entry(key)).toMatchObject({ state: 'done', counts: { delivered: 30 } });
  });
});

describe('a file that waits', () => {
  test('keeps the moment when it was first seen, also while no run may begin it', async () => {
    const world = new RelayWorld();
    const startMs = world.clock.nowMs();
    world.answer = () =>
      world.clock.nowMs() < startMs + HOUR_MS
        ? { kind: 'retryable', reason: '503', waitMs: null }
        : { kind: 'delivered' };
    const keys = ['a', 'b'].map((name) => world.put(name, events(name, 1)));
    await world.run();

    for (const key of keys) expect((await world.entry(key)).firstSeenMs - startMs).toBeLessThan(120_000);
  });
});
