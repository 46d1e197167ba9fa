import { mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ArthurStandIn, startArthur } from '../../src/local/partners/arthur';
import { ARTHUR_OPEN_ID, demoArthurModels } from '../../src/local/partners/demo-models';
import { events, folderWith, keyAt } from '../replay/replay-runs';
import { runHere } from './run-here';

interface ResultLine {
  readonly redrive?: { readonly sinks: readonly Record<string, unknown>[] };
  readonly purge?: { readonly sinks: readonly Record<string, unknown>[] };
}

describe('redrive and purge', () => {
  let folder: string;
  let state: string;
  let config: string;
  let arthur: ArthurStandIn;

  beforeEach(async () => {
    const long = events({ eventId: 'long', customAttributes: ['x'.repeat(2_000)] });
    const text = `${events({ eventId: 'a' })}torn {\n${long}${events({ eventId: 'b' })}`;
    folder = folderWith({ [`captures/${keyAt('01/10/00-00')}`]: text });
    state = join(folder, 'state');
    mkdirSync(state);
    arthur = await startArthur({ token: 'token', models: demoArthurModels() });
    process.env.ARTHUR_TOKEN = 'token';
    config = join(folder, 'model.yaml');
    configure('limits: { maxLineBytes: 1000 }');
    await runHere('replay', join(folder, 'captures'), ...options());
    configure('');
  });
  afterEach(async () => {
    await arthur.close();
    rmSync(folder, { recursive: true });
  });

  const options = (): string[] => ['--config', config, '--state', state];
  const ids = (): string[] => arthur.stored(ARTHUR_OPEN_ID).map(({ id }) => id);
  const resultOf = (stdout: string): ResultLine => JSON.parse(stdout) as ResultLine;

  function configure(limits: string): void {
    const sink = `{ type: arthur, host: '${arthur.url}', modelId: ${ARTHUR_OPEN_ID}, token: { env: ARTHUR_TOKEN } }`;
    writeFileSync(config, ['model: m', limits, 'sinks:', `  - ${sink}`].join('\n'));
  }

  /** Everything in the state was written so many days ago. */
  function age(days: number): void {
    const seconds = Date.now() / 1_000 - days * 86_400;
    for (const entry of readdirSync(state, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) utimesSync(join(entry.parentPath, entry.name), seconds, seconds);
  }

  test('a dry run shows what is in quarantine, by code, and sends nothing', async () => {
    const { stdout, exitCode } = await runHere('redrive', ...options(), '--dry-run');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/│ arthur │ MALFORMED_LINE │ +1 │\n│ arthur │ LINE_TOO_LONG {2}│ +1 │/);
    expect(ids()).toEqual(['a', 'b']);
  });

  test('a redrive brings back what passes now, reads again what was not kept, and ends with 1 for what stays', async () => {
    const { stdout, exitCode } = await runHere('redrive', ...options());

    expect(ids()).toEqual(['a', 'b', 'long']);
    expect(stdout).toMatch(/│ arthur │ +1 │ +2 │ +1 │ +0 │ +1 │ +0 │ +1 │/);
    expect(exitCode).toBe(1);
    expect(stdout).not.toContain('torn');
  });

  test('a redrive takes no other content for what it was: a file that was written anew keeps its lines in quarantine', async () => {
    const other = events({ eventId: 'evil', customAttributes: ['x'.repeat(2_000)] });
    const text = `${events({ eventId: 'a' })}torn {\n${other}${events({ eventId: 'b' })}`;
    const path = join(folder, 'captures', keyAt('01/10/00-00'));
    writeFileSync(path, text);
    utimesSync(path, 1_900_000_000, 1_900_000_000);
    const { stdout, exitCode } = await runHere('redrive', ...options(), '--json');

    expect(exitCode).toBe(1);
    expect(resultOf(stdout).redrive?.sinks).toMatchObject([{ redriven: 0, left: { noBytes: 1 } }]);
    expect(ids()).toEqual(['a', 'b']);
  });

  test('a redrive of one code ends with 0 when all of that is out, and says it in JSON', async () => {
    const { stdout, exitCode } = await runHere('redrive', ...options(), '--code', 'LINE_TOO_LONG', '--json');

    expect(exitCode).toBe(0);
    expect(resultOf(stdout).redrive?.sinks).toEqual([
      {
        sink: 'arthur',
        files: 1,
        found: { LINE_TOO_LONG: 1 },
        redriven: 1,
        skipped: 0,
        refusedAgain: 0,
        left: {},
        unreadable: [],
        filesReopened: 0,
        requests: 1,
        stop: null,
      },
    ]);
  });

  test('status shows the sums as they are after a redrive and a purge', async () => {
    await runHere('redrive', ...options());
    age(40);
    const { stdout, exitCode } = await runHere('purge', ...options(), '--older-than', '30d', '--yes');
    const status = await runHere('status', ...options(), '--from', '2026-09-01', '--to', '2026-09-02', '--json');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/│ arthur │ +1 │ +1 │ +1 │ +0 │/);
    const sums = { captured: 4, delivered: 3, quarantined: 0, purged: 1, redriven: 1 };
    const lines = status.stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as object]));
    expect(lines).toMatchObject([{ hour: sums }, {}]);
  });

  test('a purge leaves what is younger, and needs a word more than its name', async () => {
    const young = await runHere('purge', ...options(), '--older-than', '1d', '--yes', '--json');
    age(2);
    const unsaid = await runHere('purge', ...options(), '--older-than', '1d');
    const dry = await runHere('purge', ...options(), '--older-than', '1d', '--dry-run', '--json');

    expect(resultOf(young.stdout).purge?.sinks).toMatchObject([{ files: 0, purged: 0 }]);
    expect([unsaid.exitCode, unsaid.stderr]).toEqual([2, expect.stringMatching(/--yes/)]);
    expect(resultOf(dry.stdout).purge?.sinks).toMatchObject([{ files: 1, objects: 1, purged: 2, kept: {} }]);
  });

  test.each([
    ['redrive', ['--sink', 'nobody'], /no sink nobody/],
    ['redrive', ['--from', '2026-09-02', '--to', '2026-09-01'], /--from must be earlier/],
    ['purge', ['--older-than', 'long', '--yes'], /30d, 12h or 4w/],
    ['purge', ['--yes'], /--older-than/],
  ])('%s with %j is wrong usage', async (command, wrong, why) => {
    const { stderr, exitCode } = await runHere(command, ...options(), ...wrong);

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(why);
  });
});
