import { ledgerKey, NO_COUNTS } from '../../src/ledger/entry';
import { hourOf } from '../../src/sweep/hours';
import { readRollup, rollupKey } from '../../src/sweep/rollup';
import { startKey } from '../../src/sweep/start-marker';
import { run } from '../support/run-cli';
import { runHere } from './run-here';
import { CAPTURE, keyIn, MODEL, StateFolder } from './state-folder';

interface Line {
  readonly hour?: Record<string, unknown> & { readonly hour: string; readonly sink: string };
  readonly status?: Record<string, unknown> & { readonly sink: string };
}
const jsonLines = (stdout: string): Line[] =>
  stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]));

const HOUR_MS = 3_600_000;
const [NOW, BEFORE, EARLIER] = [0, 1, 2].map((hours) => hourOf(Date.now() - hours * HOUR_MS)) as [
  string,
  string,
  string,
];

describe('capture-relay status', () => {
  let world: StateFolder;
  beforeEach(async () => {
    world = new StateFolder(['arthur']);
    await world.start('arthur', EARLIER);
  });
  afterEach(() => world.remove());

  const status = (...args: readonly string[]): ReturnType<typeof run> => runHere('status', ...world.options(), ...args);

  test('shows every hour and the sum of them, and ends with 0 when nothing is missing', async () => {
    await world.entry(keyIn(BEFORE, 'a'));
    await world.entry(keyIn(BEFORE, 'b'));
    await world.entry(keyIn(NOW, 'c'), { state: 'superseded', counts: NO_COUNTS });
    const { stdout, exitCode } = await run('status', ...world.options());

    expect(exitCode).toBe(0);
    const cells = (first: string): string[] =>
      (stdout.split('\n').find((line) => line.includes(first)) ?? '')
        .split('│')
        .map((cell) => cell.trim())
        .slice(1, -1);
    expect(cells('captured')).toEqual([
      'hour (UTC)',
      'captured',
      '= delivered',
      'accepted',
      '+ quarant.',
      '+ purged',
      '+ skipped',
      'files seen',
      '= done',
      '+ in flight',
      '+ gone',
      '+ supers.',
      'missing',
    ]);
    expect(cells(`${BEFORE.slice(0, 10)} ${BEFORE.slice(11)}h`).slice(1)).toEqual([
      '20',
      '14',
      '4',
      '2',
      '2',
      '2',
      '2',
      '2',
      '0',
      '0',
      '0',
      '?',
    ]);
    expect(cells('total')).toEqual(['total', '20', '14', '4', '2', '2', '2', '3', '2', '0', '0', '1', '?']);
    expect(stdout).not.toContain('\u001b');
  });

  test('says which files are gone and why others wait, and ends with 1', async () => {
    await world.entry(keyIn(BEFORE, 'lost'), { state: 'gone' });
    const stop = { code: 'SINK_UNAVAILABLE', reason: '6 attempts failed; last answer: 503' };
    const firstSeenMs = Date.now() - 3.21 * HOUR_MS;
    await world.entry(keyIn(BEFORE, 'a'), { state: 'inFlight', stop, firstSeenMs });
    await world.entry(keyIn(NOW, 'b'), { state: 'inFlight', stop });
    await world.entry(keyIn(NOW, 'c'), { state: 'inFlight' });
    const { stdout, exitCode } = await status();

    expect(exitCode).toBe(1);
    expect(stdout).toContain(`gone: 1 file, deleted before delivery:\n  captures/churn/${keyIn(BEFORE, 'lost')}`);
    expect(stdout).toContain(
      'in flight: 2 files, up to 3 h 12 min: SINK_UNAVAILABLE: 6 attempts failed; last answer: 503',
    );
    expect(stdout).toContain('in flight: 1 file, up to 1 h 0 min: at work, or on the way');
  });

  test('knows of missing files what the sweep saw, but for those that came since', async () => {
    const lost = world.capture(keyIn(EARLIER, 'lost'));
    const late = world.capture(keyIn(EARLIER, 'late'));
    await world.sweep(['arthur']);
    const rollup = await readRollup(world.store, MODEL, 'arthur', EARLIER);
    const before = await status();
    await world.entry('', { bucket: null, key: late });
    const after = await status();

    // In the first quarter of an hour the last one has not been looked at.
    expect(rollup?.files.missing).toBe(2);
    expect(before.stdout).toContain('missing: 2 files that no run has begun (as the sweep saw it at ');
    expect([before.exitCode, after.exitCode]).toEqual([1, 1]);
    expect(after.stdout).toContain(`missing: 1 file that no run has begun (as the sweep saw it at `);
    expect(after.stdout).toContain(`\n  ${lost}\n`);
    expect(after.stdout).not.toContain(late);
  });

  test('gives by roll-ups the numbers that the entries give', async () => {
    await world.start('arthur', hourOf(Date.now() - 6 * HOUR_MS));
    const hours = [3, 4, 5].map((back) => hourOf(Date.now() - back * HOUR_MS));
    for (const [at, hour] of hours.entries())
      for (let file = 0; file <= at; file += 1) {
        const key = world.capture(keyIn(hour, `${file}`));
        await world.entry('', {
          bucket: null,
          key,
          ...(file === 1
            ? {
                earlier: {
                  files: { done: 1, gone: 0, superseded: 1, quarantined: 0 },
                  counts: { ...NO_COUNTS, captured: 2, delivered: 2 },
                },
              }
            : {}),
        });
      }
    const live = jsonLines((await status('--json')).stdout);
    world.writtenAt(Date.now() - 60_000);
    await world.sweep(['arthur']);

    expect(world.spoil('/ledger/')).toBe(6);

    const fromRollups = jsonLines((await status('--json')).stdout);

    const numbers = (lines: Line[]): object[] =>
      lines.map(({ hour, status: total }) => {
        const { files, captured, delivered, accepted, quarantined, purged, skipped } = { ...hour, ...total } as Record<
          string,
          object
        >;
        return { files: { ...files, missing: null }, captured, delivered, accepted, quarantined, purged, skipped };
      });
    expect((await readRollup(world.store, MODEL, 'arthur', hours[0] ?? ''))?.complete).toBe(true);
    expect(numbers(fromRollups)).toEqual(numbers(live));
    expect(live.at(-1)?.status).toMatchObject({
      captured: 64,
      delivered: 46,
      files: { seen: 10, done: 8, superseded: 2 },
    });
  });

  test.each(['zzz', '{"schema":1}'])('shows an hour that holds nothing but an unreadable entry: %s', async (body) => {
    const key = ledgerKey(MODEL, 'arthur', { bucket: CAPTURE.bucket, key: CAPTURE.prefix + keyIn(BEFORE, 'a') });
    await world.store.put(key, body, 'any');
    const { stdout, exitCode } = await status();
    const [hour, sink] = jsonLines((await status('--json')).stdout);

    expect(exitCode).toBe(1);
    expect(stdout).toContain(`ledger entries that cannot be read: 1; they are in no sum:\n  ${key}`);
    expect(hour?.hour).toMatchObject({ hour: BEFORE, captured: 0, unreadable: 1, unreadableEntries: [key] });
    expect(sink?.status).toMatchObject({ hours: 1, unreadable: 1, wanting: true });
  });

  test.each(['', '{"schema":1}', '{"schema":1,"complete":true,"basis":{}}'])(
    'reads the entries where the roll-up is damaged: %p',
    async (body) => {
      await world.entry(keyIn(BEFORE, 'a'));
      await world.store.put(rollupKey(MODEL, 'arthur', BEFORE), body, 'any');
      const { stdout, exitCode } = await status('--json');

      expect(exitCode).toBe(0);
      expect(jsonLines(stdout)[0]?.hour).toMatchObject({ captured: 10, files: { seen: 1, missing: null } });
    },
  );

  test.each(['', '{', '{"schema":1}'])('says that a start cannot be read, and ends with 1: %p', async (body) => {
    const key = startKey(MODEL, 'arthur');
    await world.store.put(key, body, 'any');
    await world.entry(keyIn(BEFORE, 'a'));
    world.capture(keyIn(BEFORE, 'lost'));
    const { stdout, exitCode } = await status('--captures', world.captures);
    const lines = jsonLines((await status('--json', '--captures', world.captures)).stdout);

    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      `since when captures count is not known, so all of them count as missing: ${key} cannot be read`,
    );
    expect(lines.at(-1)?.status).toMatchObject({
      start: null,
      unreadableStart: key,
      captured: 10,
      files: { missing: 1 },
      beforeStart: 0,
      wanting: true,
    });
  });

  test('tells files without an hour by when they were written, as the sweep does', async () => {
    await world.entry(keyIn(NOW, 'a'));
    world.capture('odd/old.jsonl', '{}\n', 30 * 24 * HOUR_MS);
    world.capture('odd/old-and-begun.jsonl', '{}\n', 30 * 24 * HOUR_MS);
    await world.entry('odd/old-and-begun.jsonl', { content: { versionId: null, eTag: null, sequencer: null } });
    const before = await status('--captures', world.captures, '--json');
    world.capture('odd/young.jsonl', '{}\n', HOUR_MS / 2);
    const after = await status('--captures', world.captures, '--json');

    expect([before.exitCode, after.exitCode]).toEqual([0, 1]);
    expect(jsonLines(before.stdout).at(-1)?.status).toMatchObject({ files: { missing: 0 }, beforeStart: 1 });
    expect(jsonLines(after.stdout).at(-1)?.status).toMatchObject({ files: { missing: 1 }, beforeStart: 1 });
    expect(jsonLines(after.stdout).find(({ hour }) => hour?.hour === 'no-hour')?.hour?.missingFiles).toEqual([
      expect.stringContaining('odd/young.jsonl'),
    ]);
  });

  test('counts the others beside an entry that cannot be read', async () => {
    const key = ledgerKey(MODEL, 'arthur', { bucket: CAPTURE.bucket, key: CAPTURE.prefix + keyIn(BEFORE, 'a') });
    await world.store.put(key, '{"schema":1}', 'any');
    await world.entry(keyIn(BEFORE, 'b'));
    const [hour] = jsonLines((await status('--json')).stdout);

    expect(hour?.hour).toMatchObject({ captured: 10, files: { seen: 1 }, unreadable: 1 });
  });

  test('reads the entries again where one was written after the roll-up', async () => {
    const hour = hourOf(Date.now() - 3 * HOUR_MS);
    await world.start('arthur', hour);
    const key = world.capture(keyIn(hour, 'a'));
    await world.entry('', { bucket: null, key });
    await world.sweep(['arthur']);
    await world.entry('', { bucket: null, key, counts: { ...NO_COUNTS, captured: 10, delivered: 10, redriven: 1 } });
    const [line] = jsonLines((await status('--json')).stdout);

    expect(line?.hour).toMatchObject({ hour, captured: 10, delivered: 10, quarantined: 0 });
  });

  test('looks with --captures for missing files itself, in a copy of the bucket', async () => {
    world.capture(keyIn(BEFORE, 'a'));
    await world.entry(keyIn(BEFORE, 'a'));
    world.capture(keyIn(BEFORE, 'lost'));
    world.capture(keyIn(BEFORE, 'young'), '{}\n', 60_000);
    world.capture('by-hand.jsonl');
    const { stdout, exitCode } = await status('--captures', world.captures, '--json');

    expect(exitCode).toBe(1);
    expect(jsonLines(stdout).map((line) => [line.hour?.hour, (line.hour ?? line.status)?.files])).toEqual([
      [BEFORE, { seen: 1, done: 1, inFlight: 0, gone: 0, superseded: 0, missing: 1, onTheWay: 1 }],
      ['no-hour', { seen: 0, done: 0, inFlight: 0, gone: 0, superseded: 0, missing: 1, onTheWay: 0 }],
      [undefined, { seen: 1, done: 1, inFlight: 0, gone: 0, superseded: 0, missing: 2, onTheWay: 1 }],
    ]);
    expect(jsonLines(stdout)[0]?.hour?.missingFiles).toEqual([`${world.captures}/${keyIn(BEFORE, 'lost')}`]);
  });

  test('takes captures from before the start for what they are, and ends with 0', async () => {
    await world.start('arthur', NOW);
    world.capture(keyIn(BEFORE, 'a'));
    const { stdout, exitCode } = await status('--captures', world.captures);

    expect(exitCode).toBe(0);
    expect(stdout).toContain('from before the start: 1 capture that the ledger does not have');
  });

  test('says of a sink that never ran that nothing ran, and misses nothing', async () => {
    const fresh = new StateFolder(['arthur']);
    fresh.capture(keyIn(BEFORE, 'a'));
    const { stdout, exitCode } = await runHere('status', ...fresh.options(), '--captures', fresh.captures);
    fresh.remove();

    expect(exitCode).toBe(0);
    expect(stdout).toContain('nothing ran for this sink with this state yet');
  });

  test('shows the hours that were asked for, of the sinks that were asked for', async () => {
    const two = new StateFolder(['arthur', 'lake']);
    for (const hour of ['2026-09-01-13', '2026-09-01-14', '2026-09-01-15'])
      for (const sink of ['arthur', 'lake']) await two.entry(keyIn(hour, 'a'), {}, sink);
    const { stdout } = await runHere(
      'status',
      ...two.options(),
      '--json',
      '--sink',
      'lake',
      '--from',
      '2026-09-01T13:30',
      '--to',
      '2026-09-01T15:00',
    );
    two.remove();

    expect(jsonLines(stdout).map((line) => [line.hour?.sink ?? line.status?.sink, line.hour?.hour])).toEqual([
      ['lake', '2026-09-01-13'],
      ['lake', '2026-09-01-14'],
      ['lake', undefined],
    ]);
  });

  test('tells an entry that cannot be read, and ends with 1', async () => {
    await world.entry(keyIn(BEFORE, 'a'), { schema: 9 as 1 });
    await world.entry(keyIn(BEFORE, 'b'));
    const { stdout, exitCode } = await status();

    expect(exitCode).toBe(1);
    expect(stdout).toContain('ledger entries that cannot be read: 1;');
  });

  test('tells an equation that does not add up, and ends with 1', async () => {
    await world.entry(keyIn(BEFORE, 'a'), { counts: { ...NO_COUNTS, captured: 3, delivered: 2 } });
    const { stdout, exitCode } = await status();

    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      'the equation does not add up: 3 captured are not 2 delivered + 0 quarantined + 0 purged + 0 skipped',
    );
  });

  test.each([
    ['a state folder that is not there', ['--state', '/nowhere/state'], /--state \/nowhere\/state cannot be opened/],
    ['a state that is no place', ['--state', 'https://bucket'], /is no place for state/],
    ['a state without a bucket', ['--state', 's3://'], /names no bucket/],
    ['captures that are not there', ['--captures', '/nowhere'], /\/nowhere cannot be opened/],
    ['an unknown sink', ['--sink', 'splunk'], /has no sink splunk; its sinks are: arthur/],
    ['--from with --hours', ['--from', '2026-09-01', '--hours', '2'], /--from or --hours, not both/],
    ['a window without any time', ['--from', '2026-09-02', '--to', '2026-09-01'], /--from must be earlier/],
    ['hours that are no number', ['--hours', 'all'], /give a whole number/],
  ])('ends with 2 for %s', async (_, args, message) => {
    const { stderr, stdout, exitCode } = await status(...args);

    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});
