import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fileName } from '../../src/core/capture-key';
import { chooseFiles } from '../../src/replay/choose-files';
import { diskSource } from '../../src/replay/disk-source';
import { isWhole } from '../../src/replay/sink-progress';
import { events, folderWith, inMemory, keyAt, memorySink, replayFolder, start } from './replay-runs';

const THREE = {
  [keyAt('01/10/00-00')]: events({ eventId: 'a' }, { eventId: 'b' }),
  [keyAt('01/11/00-00')]: events({ eventId: 'c' }),
  [keyAt('02/00/00-00')]: events({ eventId: 'd' }, { eventId: 'e' }),
};

describe('a replay', () => {
  const folders: string[] = [];
  const folder = (files: Parameters<typeof folderWith>[0]): string => {
    const made = folderWith(files);
    folders.push(made);
    return made;
  };
  afterAll(() => folders.forEach((each) => rmSync(each, { recursive: true })));

  test('delivers every inference of every file, in the order of the keys', async () => {
    const sink = memorySink('one');
    const { progress } = await replayFolder(folder(THREE), [sink]);

    expect(sink.ids).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(progress[0]).toMatchObject({
      files: { chosen: 3, done: 3, unread: 0 },
      tally: { captured: 5, delivered: 5, quarantined: 0, skipped: 0, inFlight: 0 },
      requests: { count: 3 },
      stop: null,
      openFile: null,
    });
    expect(progress.every(isWhole)).toBe(true);
  });

  test('is not held up in one sink by another that is slow', async () => {
    const quick = memorySink('quick');
    let release = (): void => {};
    const slow = memorySink('slow', {
      answer: () => new Promise((resolve) => (release = () => resolve({ kind: 'delivered' }))),
    });
    const { running, run } = start(await diskSource(folder(THREE)), inMemory([slow, quick]));
    // Turns of the event loop, until the quick one is through; the slow one still waits for its first answer.
    while (running.progress[1]?.files.done !== 3) await new Promise((resolve) => setImmediate(resolve));

    expect(running.progress[0]?.files.done).toBe(0);
    const timer = setInterval(() => release(), 1);
    await run();
    clearInterval(timer);
    expect([slow.ids.length, quick.ids.length]).toEqual([5, 5]);
  });

  test('ends in a sink that takes nothing more, goes through in the others, and can be gone on with', async () => {
    const path = folder(THREE);
    const good = memorySink('good');
    const bad = memorySink('bad', {
      answer: (_batch, _signal, call) =>
        call === 1 ? { kind: 'delivered' } : { kind: 'retryable', reason: 'answered 503', waitMs: null },
    });
    const { progress } = await replayFolder(path, [bad, good]);
    const [stopped] = progress;

    expect(good.ids).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(stopped).toMatchObject({
      files: { done: 1, unread: 0 },
      tally: { captured: 3, delivered: 2, inFlight: 1 },
      stop: { kind: 'unavailable', reason: expect.stringContaining('answered 503') },
      openFile: { file: { key: join(path, keyAt('01/11/00-00')) } },
    });
    expect(progress.map(isWhole)).toEqual([false, true]);

    const after = stopped?.lastFile === null || stopped === undefined ? null : fileName(stopped.lastFile.file);
    const source = await diskSource(path);
    const rest = chooseFiles(source.files, { endpoint: null, variants: [], window: null, after });
    const again = memorySink('bad');
    await start(source, { ...inMemory([again]), files: rest.files }).run();
    expect([...bad.ids, ...again.ids]).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('begins no file for a sink that cannot be opened, and says why', async () => {
    const good = memorySink('good');
    const closed = memorySink('closed');
    const stop = { kind: 'misconfigured', code: 'SECRET_UNREADABLE', reason: 'no token', waitMs: null } as const;
    const { progress } = await replayFolder(folder(THREE), [closed, good], {
      open: ({ name }) => Promise.resolve(name === 'closed' ? stop : good.sink),
    });

    expect(progress[0]).toMatchObject({ files: { done: 0 }, stop, openFile: null, lastFile: null });
    expect(good.ids).toHaveLength(5);
  });

  test('opens no sink when there is no file to replay', async () => {
    const sink = memorySink('one');
    const open = jest.fn(() => Promise.resolve(sink.sink));
    const source = await diskSource(folder(THREE));
    const { progress } = await start(source, { sinks: [sink.config], open, files: [] }).run();

    expect(open).not.toHaveBeenCalled();
    expect(progress.every(isWhole)).toBe(true);
  });

  test('reports a file that cannot be read, for every sink, and does the others', async () => {
    const path = folder(THREE);
    symlinkSync(join(path, 'nowhere'), join(path, keyAt('01/10/30-00')));
    const sinks = [memorySink('one'), memorySink('two')];
    const { progress, unread } = await replayFolder(path, sinks);

    expect(unread.map(({ sink, key, failure }) => [sink, key, failure.kind])).toEqual(
      expect.arrayContaining(['one', 'two'].map((sink) => [sink, join(path, keyAt('01/10/30-00')), 'gone'])),
    );
    expect(unread).toHaveLength(2);
    expect(sinks.map(({ ids }) => ids.join(''))).toEqual(['abcde', 'abcde']);
    expect(progress[0]).toMatchObject({ files: { chosen: 4, done: 3, unread: 1 }, stop: null });
    expect(progress.some(isWhole)).toBe(false);
  });

  test('takes packed copies with the same ids, and of a broken one what stands before, with one rejection', async () => {
    const broken = gzipSync(events(...Array.from({ length: 400 }, (_, at) => ({ eventId: `x${at}` }))));
    const sink = memorySink('one');
    const { progress, rejections } = await replayFolder(
      folder({
        [keyAt('01/10/00-00', 'AllTraffic', '.jsonl.gz')]: Buffer.concat([
          gzipSync(events({ eventId: 'a' })),
          gzipSync(events({ eventId: 'b' })),
        ]),
        [keyAt('01/11/00-00', 'AllTraffic', '.jsonl.gz')]: broken.subarray(0, broken.length - 40),
      }),
      [sink],
    );

    expect(sink.ids.slice(0, 3)).toEqual(['a', 'b', 'x0']);
    expect(sink.ids.length).toBeGreaterThan(100);
    expect(rejections.map(({ rejection }) => rejection.code)).toEqual(['FILE_UNREADABLE']);
    expect(progress[0]).toMatchObject({
      files: { done: 2 },
      tally: { captured: sink.ids.length + 1, delivered: sink.ids.length, quarantined: 1, rejectedLines: 1 },
    });
    expect(progress.some(isWhole)).toBe(false);
  });

  test('counts in a dry run what the run then does, and sends nothing', async () => {
    const path = folder({
      ...THREE,
      [keyAt('03/00/00-00')]: `${events(...Array.from({ length: 250 }, () => ({})))}torn\n{"groundTruthData":{}}\n`,
    });
    const options = { maxPerSecond: 1_000_000 };
    const dry = memorySink('one', { maxBatchInferences: 40 });
    const wet = memorySink('one', { maxBatchInferences: 40 });
    const counted = await replayFolder(path, [dry], { ...options, isDryRun: true });
    const done = await replayFolder(path, [wet], options);
    const numbers = ({ progress }: typeof done) =>
      progress.map(({ files, tally, requests }) => ({ files, tally, requests }));

    expect(dry.batches).toEqual([]);
    expect(numbers(counted)).toEqual(numbers(done));
    expect(numbers(done)[0]).toMatchObject({
      tally: { delivered: 255, quarantined: 1, skipped: 1 },
      requests: { count: 10 },
    });
  });

  test('makes no request of more than a second of its pace', async () => {
    const sink = memorySink('one');
    const path = folder({ [keyAt('01/10/00-00')]: events(...Array.from({ length: 50 }, () => ({}))) });
    const { progress } = await replayFolder(path, [sink], { isDryRun: true, maxPerSecond: 20 });

    expect(progress[0]?.requests.count).toBe(3);
  });
});

describe('a replay of a window', () => {
  const at = (time: string): { eventId: string; inferenceTime: string } => ({
    eventId: time,
    inferenceTime: `2026-09-01T${time}Z`,
  });
  const files = {
    [keyAt('01/08/59-59')]: events(at('08:59:59'), at('09:00:01')),
    [keyAt('01/09/59-30')]: `${events(at('09:59:30'), at('10:00:00'), at('10:00:20'))}torn\n`,
    [keyAt('01/10/30-00')]: events(at('10:30:00')),
    [keyAt('01/11/59-00')]: events(at('11:59:59'), at('12:00:00')),
    [keyAt('01/12/00-00')]: events(at('12:00:00')),
  };
  const window = (from: string, to: string) => ({
    fromMs: Date.parse(`2026-09-01T${from}Z`),
    toMs: Date.parse(`2026-09-01T${to}Z`),
  });

  async function replayWindow(from: string, to: string) {
    const path = folderWith(files);
    const sink = memorySink('one');
    const source = await diskSource(path);
    const choice = { endpoint: null, variants: [], window: window(from, to), after: null };
    const chosen = chooseFiles(source.files, choice);
    const opened: string[] = [];
    const spy = {
      read: (...call: Parameters<typeof source.read>) => {
        opened.push(call[0].key.slice(path.length + 1));
        return source.read(...call);
      },
    };
    const result = await start({ ...spy, files: chosen.files }, { ...inMemory([sink]), window: choice.window }).run();
    rmSync(path, { recursive: true });
    return { ...result, ids: sink.ids, opened };
  }

  test('delivers the events of the window alone, from files of one hour earlier, too, and opens no other', async () => {
    const { ids, opened, progress, rejections } = await replayWindow('10:00:00', '12:00:00');

    expect(ids).toEqual(['10:00:00', '10:00:20', '10:30:00', '11:59:59']);
    expect(opened).toEqual([keyAt('01/09/59-30'), keyAt('01/10/30-00'), keyAt('01/11/59-00')]);
    expect(progress[0]).toMatchObject({ tally: { captured: 4, delivered: 4 }, linesOutside: 3 });
    expect(rejections).toEqual([]);
  });

  test('and of its neighbours deliver every event once, and every rejection once', async () => {
    const parts = [
      await replayWindow('00:00:00', '10:00:00'),
      await replayWindow('10:00:00', '12:00:00'),
      await replayWindow('12:00:00', '23:59:59'),
    ];

    expect(parts.flatMap(({ ids }) => ids)).toEqual([
      '08:59:59',
      '09:00:01',
      '09:59:30',
      '10:00:00',
      '10:00:20',
      '10:30:00',
      '11:59:59',
      '12:00:00',
      '12:00:00',
    ]);
    expect(parts.map(({ rejections }) => rejections.length)).toEqual([1, 0, 0]);
  });
});
