import { writeWorkMessage } from '../../src/aws/work-message';
import type { ListedFile } from '../../src/sweep/capture-listing';
import { HOUR_MS, hourOf } from '../../src/sweep/hours';
import { ensureStart } from '../../src/sweep/start-marker';
import { sweep } from '../../src/sweep/sweep';
import { captureFileText, FILE } from '../support/capture-events';
import { RelayWorld } from '../support/relay-world';

/** The sweep's messages in the hands of the forwarder: what was lost is delivered, and nothing twice. */
const HOUR = '2026-09-01-12';
const CAPTURE = { bucket: FILE.bucket ?? '', prefix: 'p/' };

class SweptWorld extends RelayWorld {
  private readonly putAtMs = new Map<string, number>();

  override put(name: string, text?: string, notify?: boolean): string {
    const key = super.put(name, text, notify);
    this.putAtMs.set(key, this.clock.nowMs());
    return key;
  }

  async sleepUntil(hour: string, minutes: number): Promise<void> {
    const untilMs = Date.parse(`${hour.slice(0, 10)}T${hour.slice(11)}:00:00Z`) + minutes * 60_000;
    await this.clock.run(() => this.clock.sleep(untilMs - this.clock.nowMs()));
  }

  /** Messages that were sent. */
  async sweep(): Promise<number> {
    const { requeued, stop } = await sweep({
      store: this.store,
      model: 'm',
      sinks: ['file'],
      captures: [CAPTURE],
      listing: {
        survey: () => Promise.resolve({ files: (hour) => Promise.resolve(hour === HOUR ? this.listed() : []) }),
      },
      send: (_sink, message) => Promise.resolve(this.send(writeWorkMessage(message))),
      log: () => undefined,
      emit: () => undefined,
      isLate: () => false,
    });
    expect(stop).toBeNull();
    return requeued;
  }

  /** The queue is deleted with all that is in it. */
  loseMessages(): void {
    this.acknowledge(this.take(1_000), new Set());
  }

  private listed(): ListedFile[] {
    const files = Reflect.get(this, 'files') as ReadonlyMap<string, { readonly bytes: Buffer; readonly eTag: string }>;
    return [...files].map(([key, { bytes, eTag }]) => ({
      file: { bucket: CAPTURE.bucket, key, versionId: null },
      eTag,
      sizeBytes: bytes.length,
      modifiedMs: this.putAtMs.get(key) ?? 0,
    }));
  }
}

describe('the sweep and the forwarder', () => {
  let world: SweptWorld;
  beforeEach(async () => {
    world = new SweptWorld();
    await ensureStart(world.store, 'm', 'file');
    await world.sleepUntil(HOUR, 5);
  });

  const stored = (): string[] => world.stored.map((where) => where.replace(/^.*\/(.*)\.jsonl.*$/, '$1'));

  test('deliver a file whose notification was lost, and its late notification delivers nothing more', async () => {
    const key = world.put('lost', undefined, false);
    world.put('told');
    await world.run();
    await world.sleepUntil('2026-09-01-13', 20);

    expect(await world.sweep()).toBe(1);

    await world.run();

    expect(stored()).toEqual(['told', 'lost']);

    world.notify(key);
    await world.run();
    await world.sleepUntil('2026-09-01-14', 20);

    expect([await world.sweep(), stored().length, world.queueLength]).toEqual([0, 2, 0]);
    expect(await world.entry(key)).toMatchObject({ state: 'done', counts: { captured: 1, delivered: 1 } });
  });

  test('deliver the newer content of a file whose second notification was lost', async () => {
    const key = world.put('a', captureFileText([{ eventId: 'first' }]));
    await world.run();
    world.put('a', captureFileText([{ eventId: 'second' }, { eventId: 'third' }]), false);
    await world.sleepUntil('2026-09-01-13', 20);
    await world.sweep();
    await world.run();

    expect(stored()).toHaveLength(3);
    expect(await world.entry(key)).toMatchObject({
      state: 'done',
      counts: { delivered: 2 },
      earlier: { files: { done: 1 }, counts: { delivered: 1 } },
    });
    expect(await world.sweep()).toBe(0);
  });

  test('take a copy of a file over itself for what it is', async () => {
    const key = world.put('a');
    await world.run();
    world.put('a', captureFileText([{ eventId: 'a' }]), false);
    await world.sleepUntil('2026-09-01-13', 20);

    expect(await world.sweep()).toBe(1);

    await world.run();

    expect([stored(), (await world.entry(key)).earlier.files.done]).toEqual([['a'], 0]);
    expect(await world.sweep()).toBe(0);
  });

  test('bring a file to its end that was begun and whose messages are lost', async () => {
    const text = captureFileText(Array.from({ length: 5 }, (_, at) => ({ eventId: `event-${at}` })));
    world.answer = () =>
      world.calls.length > 1 ? { kind: 'retryable', reason: '503', waitMs: null } : { kind: 'delivered' };
    const key = world.put('begun', text);
    await world.run(1, () => world.calls.length > 3);
    world.loseMessages();
    await world.sleepUntil('2026-09-01-15', 0);
    world.loseMessages();
    world.answer = () => ({ kind: 'delivered' });

    expect([world.queueLength, (await world.entry(key)).state]).toEqual([0, 'inFlight']);

    await world.sweep();
    await world.run();

    expect(new Set(world.stored).size).toBe(5);
    expect(world.stored).toHaveLength(5);
    expect(await world.entry(key)).toMatchObject({ state: 'done', counts: { captured: 5, delivered: 5 } });
  });

  test('put on record that a file that was begun is gone', async () => {
    world.answer = () => ({ kind: 'retryable', reason: '503', waitMs: null });
    const key = world.put('begun');
    await world.run(1, () => world.calls.length > 0);
    world.loseMessages();
    await world.sleepUntil('2026-09-01-15', 0);
    world.loseMessages();
    world.remove(key);

    expect([world.queueLength, (await world.entry(key)).state]).toEqual([0, 'inFlight']);

    await world.sweep();
    await world.run();

    expect(await world.entry(key)).toMatchObject({ state: 'gone' });
  });

  test('deliver each file once however many messages there are', async () => {
    for (let file = 0; file < 20; file += 1) world.put(`${file}`, undefined, file % 2 === 0);
    await world.sleepUntil('2026-09-01-13', 20);
    // Nothing has run since noon: every notification is still in the queue.
    await Promise.all([world.sweep(), world.sweep()]);

    expect(world.queueLength).toBe(50);

    await world.run(4);

    expect(stored().sort()).toEqual(Array.from({ length: 20 }, (_, file) => `${file}`).sort());
  });

  test('do not fill the queue while a sink is down for a day', async () => {
    world.answer = () => ({ kind: 'retryable', reason: '503', waitMs: null });
    for (let file = 0; file < 10; file += 1) world.put(`${file}`);
    await world.sleepUntil('2026-09-01-13', 20);
    await world.clock.run(async () => {
      const day = world.drain(1, () => hourOf(world.clock.nowMs()) >= '2026-09-02-13');
      for (let hour = 0; hour < 24; hour += 1) {
        await world.sweep();
        await world.clock.sleep(HOUR_MS);
      }
      await day;
    });

    // One of each file, and at most six more.
    expect(world.queueLength).toBeGreaterThanOrEqual(10);
    expect(world.queueLength).toBeLessThanOrEqual(70);

    world.answer = () => ({ kind: 'delivered' });
    await world.run();

    expect(stored().sort()).toEqual(Array.from({ length: 10 }, (_, file) => `${file}`));
  });
});
