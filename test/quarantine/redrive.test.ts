import { captureFileText, captureLine, csv } from '../support/capture-events';
import { expectClosed, RedriveWorld } from './redrive-world';

const many = (eventId: string, count: number) => ({
  eventId,
  input: csv(Array.from({ length: count }, (_, at) => `${at},1`).join('\n')),
  output: csv(Array.from({ length: count }, () => '0.5').join('\n')),
});
const text = captureFileText([many('one', 1), many('many', 6), many('other', 3), many('last', 1)]);

describe('a redrive', () => {
  test('brings exactly the refused rows, under the ids and in the places they would have had', async () => {
    const world = new RedriveWorld();
    const key = await world.deliver(text, ['2:1', '2:4', '3:0', '4:0']);
    const before = await world.entry(key);

    const progress = await world.redrive();

    expect(world.stored).toEqual(['2:1 many_1', '2:4 many_4', '3:0 other_0', '4:0 last']);
    expect(await world.quarantined()).toEqual([]);
    const after = await world.entry(key);
    expect(after.counts).toEqual({
      ...before.counts,
      delivered: before.counts.delivered + 4,
      quarantined: 0,
      redriven: 4,
    });
    expect({ ...after, counts: 0, epoch: 0, writeId: '', leaving: null }).toEqual({
      ...before,
      counts: 0,
      epoch: 0,
      writeId: '',
      leaving: null,
    });
    expect(progress).toMatchObject({ files: 1, redriven: 4, refusedAgain: 0, stop: null });
    expectClosed(after);
  });

  test('fills its batches across lines, whatever lies between them', async () => {
    const world = new RedriveWorld({ batchInferences: 3 });
    const windows = Array.from(
      { length: 9 },
      (_, at) => `${captureLine({ eventId: `e${at}` })}\r\n${at % 3 === 0 ? '\n  \n' : ''}`,
    );
    const lines = windows.join('').split('\n');
    const refused = lines.flatMap((line, at) => (line.trim() === '' || at % 2 === 0 ? [] : [`${at + 1}:0`]));
    await world.deliver(windows.join(''), refused);

    await world.redrive();

    expect(world.stored.map((each) => each.split(' ')[0])).toEqual(refused);
    expect(world.requests.slice(0, -1)).toEqual(world.requests.slice(0, -1).map(() => 3));
  });

  test('leaves in quarantine what is refused again, with what is said of it now', async () => {
    const world = new RedriveWorld();
    const key = await world.deliver(text, ['2:1', '2:4']);
    world.answer = ({ inferences }) => ({
      kind: 'partial',
      rejected: inferences.flatMap(({ index }, at) =>
        index === 4 ? [{ index: at, code: 'INFERENCE_TOO_LARGE', reason: 'x' }] : [],
      ),
      retry: [],
      reason: 'some',
    });

    const progress = await world.redrive();

    expect(await world.live.quarantined()).toMatchObject([
      { line: 2, row: 4, code: 'INFERENCE_TOO_LARGE', decoderVersion: '2.0.0', partnerInferenceId: 'many_4' },
    ]);
    expect((await world.entry(key)).counts).toMatchObject({ captured: 11, delivered: 10, quarantined: 1, redriven: 1 });
    expect(progress).toMatchObject({ redriven: 1, refusedAgain: 1 });
  });

  test('does not take a refusal of everything for a wrong configuration: it was refused before', async () => {
    const world = new RedriveWorld();
    const refused = Array.from({ length: 20 }, (_, row) => `2:${row}`);
    await world.deliver(captureFileText([many('one', 1), many('many', 20)]), refused);
    world.answer = () => ({ kind: 'rejected', code: 'PARTNER_REFUSED', reason: 'no', isolate: false });

    const progress = await world.redrive();

    expect(progress).toMatchObject({ redriven: 0, refusedAgain: 20, stop: null });
    expect(await world.quarantined()).toHaveLength(20);
  });

  test('sends nothing when its lease ran out while it waited', async () => {
    const world = new RedriveWorld();
    await world.deliver(text, ['2:1', '2:4']);
    world.answer = () => ({ kind: 'retryable', reason: 'busy', waitMs: 150_000 });

    const progress = await world.redrive();

    expect(world.requests).toHaveLength(1);
    expect(progress).toMatchObject({ redriven: 0, stop: { code: 'LEASE_LOST' } });
  });

  test('that is asked to stop begins nothing more, and keeps on record what was delivered', async () => {
    const world = new RedriveWorld();
    const key = await world.deliver(text, ['2:1', '2:2', '2:4', '3:0']);
    const asked = new AbortController();
    const { nowMs, sleep, random } = world.live.clock;
    const stop = {
      asked: asked.signal,
      cut: new AbortController().signal,
      get isAsked() {
        return asked.signal.aborted;
      },
      clock: () => ({
        nowMs,
        sleep,
        random,
        get deadlineMs() {
          return asked.signal.aborted ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
        },
      }),
    };
    world.answer = () => {
      asked.abort();
      return { kind: 'delivered' };
    };

    const progress = await world.redrive({ stop });

    expect(world.stored).toEqual(['2:1 many_1']);
    expect(progress).toMatchObject({ redriven: 1, left: new Map([['notSent', 3]]), stop: null });
    expect(await world.quarantined()).toEqual(['2:2', '2:4', '3:0']);
    expect((await world.entry(key)).counts).toMatchObject({ quarantined: 3, redriven: 1 });
  });

  test('counts every inference of a line that could not be read before', async () => {
    const world = new RedriveWorld();
    world.live.model = { limits: { maxLineBytes: 1_000 } };
    const long = { ...many('long', 40), customAttributes: ['x'.repeat(1_000)] };
    const bytes = captureFileText([many('one', 1), long, many('last', 1)]);
    const key = await world.deliver(bytes);
    expect((await world.entry(key)).counts).toMatchObject({ captured: 3, quarantined: 1, events: 2, rejectedLines: 1 });
    const readOriginal = (_: unknown, from: number, length: number): Promise<Buffer> =>
      Promise.resolve(Buffer.from(bytes).subarray(from, from + length));

    const progress = await world.redrive({ readOriginal });

    expect(world.stored).toHaveLength(40);
    expect(progress).toMatchObject({ redriven: 40, found: new Map([['LINE_TOO_LONG', 1]]) });
    const entry = await world.entry(key);
    expect(entry.counts).toMatchObject({ captured: 42, delivered: 42, quarantined: 0, redriven: 40, rejectedLines: 0 });
    expectClosed(entry);
    expect(await world.quarantined()).toEqual([]);
  });

  test('keeps the rows of such a line that are refused now, and those that nobody answered for', async () => {
    const world = new RedriveWorld();
    world.live.model = { limits: { maxRowsPerEvent: 5 } };
    const key = await world.deliver(captureFileText([many('many', 8)]));
    expect(await world.quarantined()).toEqual(['1:']);
    world.answer = ({ inferences }) => {
      if (inferences.some(({ index }) => index >= 6))
        return { kind: 'misconfigured', code: 'SINK_NOT_FOUND', reason: 'gone' };
      const rejected = inferences.flatMap(({ index }, at) =>
        index === 3 ? [{ index: at, code: 'PARTNER_REFUSED_ROW', reason: 'x' }] : [],
      );
      return { kind: 'partial', rejected, retry: [], reason: 'some' };
    };

    const progress = await world.redrive();

    expect(await world.quarantined()).toEqual(['1:3', '1:6', '1:7']);
    const entry = await world.entry(key);
    expect(entry.counts).toMatchObject({ captured: 8, delivered: 5, quarantined: 3, redriven: 5, events: 1 });
    expectClosed(entry);
    expect(progress).toMatchObject({ redriven: 5, refusedAgain: 1, stop: { code: 'SINK_NOT_FOUND' } });
  });
});
