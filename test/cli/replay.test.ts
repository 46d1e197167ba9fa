import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ArthurStandIn, startArthur } from '../../src/local/partners/arthur';
import { ARTHUR_OPEN_ID, demoArthurModels } from '../../src/local/partners/demo-models';
import { events, folderWith, keyAt } from '../replay/replay-runs';
import { ReplayProcess, until } from './replay-process';

interface ResultLine {
  readonly rejection?: { readonly sink: string; readonly code: string; readonly line: number };
  readonly unread?: { readonly sink: string; readonly file: string; readonly kind: string };
  readonly replay?: { readonly interrupted: boolean; readonly sinks: readonly Record<string, unknown>[] };
}
const jsonLines = (stdout: string): ResultLine[] =>
  stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as ResultLine]));

const HOURS = ['10', '11', '12', '13', '14', '15'];
const FILES = Object.fromEntries(
  HOURS.map((hour) => [keyAt(`01/${hour}/00-00`), events({ eventId: `${hour}-a` }, { eventId: `${hour}-b` })]),
);
const IDS = HOURS.flatMap((hour) => [`${hour}-a`, `${hour}-b`]);

describe('capture-relay replay', () => {
  let folder: string;
  let captures: string;
  let arthur: ArthurStandIn;
  let config: string;
  beforeEach(async () => {
    folder = folderWith(Object.fromEntries(Object.entries(FILES).map(([name, text]) => [`captures/${name}`, text])));
    captures = join(folder, 'captures');
    arthur = await startArthur({ token: 'token', models: demoArthurModels() });
    config = join(folder, 'model.yaml');
    writeFileSync(
      config,
      [
        'model: m',
        'sinks:',
        `  - { type: arthur, host: '${arthur.url}', modelId: ${ARTHUR_OPEN_ID}, token: { env: ARTHUR_TOKEN } }`,
        `  - { type: file, name: disk, path: '${join(folder, 'out')}' }`,
      ].join('\n'),
    );
  });
  afterEach(async () => {
    await arthur.close();
    rmSync(folder, { recursive: true });
  });

  const replay = (...args: readonly string[]): ReplayProcess =>
    new ReplayProcess([captures, '--config', config, ...args], { ARTHUR_TOKEN: 'token' });
  const ids = (): string[] => arthur.stored(ARTHUR_OPEN_ID).map(({ id }) => id);
  /** The third file's request, among those that bring data. */
  const third = (call: { ingestNumber: number | null }): boolean => call.ingestNumber === 3;

  test('delivers a folder to every sink, ends with 0, and shows the equation of each', async () => {
    const { stdout, stderr, exitCode } = await replay().ended;

    expect(exitCode).toBe(0);
    expect(ids()).toEqual(IDS);
    for (const sink of ['arthur', 'disk'])
      expect(stdout).toMatch(new RegExp(`│ ${sink} +│ +6/6 │ +12 │ +12 │ +0 │ +0 │ +0 │ +6 │`));
    expect(stderr).toMatch(/^arthur: 6 of 6 files, 12 inferences, [\d,]+\/s, 0:00 left$/m);
    expect(stdout + stderr).not.toContain('\u001b');
  });

  test('prints with --json every rejection and the result, a line each, and ends with 1 for a loss', async () => {
    writeFileSync(join(captures, keyAt('01/15/30-00')), 'torn\n[]\n');
    const { stdout, exitCode } = await replay('--json', '--sink', 'arthur').ended;
    const lines = jsonLines(stdout);

    expect(exitCode).toBe(1);
    expect(lines.slice(0, -1).map((line) => line.rejection)).toEqual([
      expect.objectContaining({ sink: 'arthur', code: 'MALFORMED_LINE', line: 1 }),
      expect.objectContaining({ sink: 'arthur', code: 'NOT_A_CAPTURE_EVENT', line: 2 }),
    ]);
    expect(lines.at(-1)?.replay).toMatchObject({
      interrupted: false,
      sinks: [{ sink: 'arthur', captured: 14, delivered: 12, quarantined: 2, inFlight: 0, requests: 6, stop: null }],
    });
  });

  test('counts with --dry-run what it would do within the window, and sends nothing', async () => {
    const window = ['--from', '2026-09-01T11:00', '--to', '2026-09-01T13:00Z', '--variant', 'AllTraffic'];
    const { stdout, exitCode } = await replay('--dry-run', '--json', '--rate', '1', ...window).ended;

    expect(exitCode).toBe(0);
    // The events of these files all say 12:00.
    const [line, ...more] = jsonLines(stdout);
    expect(more).toEqual([]);
    expect(line?.replay).toMatchObject({
      dryRun: true,
      files: { chosen: 3, before: 0, elsewhere: 0, outsideWindow: 3, passedOver: 0 },
      sinks: [
        { sink: 'arthur', captured: 6, requests: 6 },
        { sink: 'disk', captured: 6, requests: 6 },
      ],
    });
    expect(ids()).toEqual([]);
  });

  test('that is killed half-way and repeated ends complete, under the same ids', async () => {
    arthur.faults.add({ fault: { kind: 'hang', stored: true }, when: third });
    const first = replay('--sink', 'arthur');
    await until(() => ids().length === 6);
    first.signal('SIGKILL');
    await first.ended;
    arthur.faults.clear();
    const { exitCode } = await replay('--sink', 'arthur').ended;

    expect(exitCode).toBe(0);
    expect([...new Set(ids())].sort()).toEqual(IDS);
    expect(arthur.tally(ARTHUR_OPEN_ID).repeats).toBe(6);
  });

  test('ends in order at Ctrl-C, says how to go on, and going on so delivers the rest once', async () => {
    arthur.faults.add({ fault: { kind: 'slow', delayMs: 500 }, when: third });
    const first = replay('--sink', 'arthur');
    await until(() => ids().length === 6);
    first.signal('SIGINT');
    const { stdout, stderr, exitCode } = await first.ended;
    const after = /--after (\S+)/.exec(stdout)?.[1] ?? '';

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/stopping: open requests have 4 seconds/);
    expect(stdout).toMatch(/^arthur: 3 of 6 files done\nto go on, run the same command with --after /m);
    expect(after).toBe(join(captures, keyAt('01/12/00-00')));
    expect((await replay('--sink', 'arthur', '--after', after).ended).exitCode).toBe(0);
    expect(ids()).toEqual(IDS);
  });

  test('ends at once at the second Ctrl-C', async () => {
    arthur.faults.add({ fault: { kind: 'hang', stored: false }, when: third });
    const first = replay('--sink', 'arthur');
    await until(() => arthur.requests === 4);
    first.signal('SIGINT');
    await first.says('stopping');
    first.signal('SIGINT');
    const { stdout, exitCode } = await first.ended;

    expect([exitCode, stdout]).toEqual([1, '']);
  });

  test.each([
    [
      'a sink that the configuration does not have',
      ['--sink', 'splunk'],
      /has no sink splunk; its sinks are: arthur, disk/,
    ],
    ['a time that is none', ['--from', 'yesterday'], /give a day or a time/],
    ['a window without any time in it', ['--from', '2026-09-02', '--to', '2026-09-02'], /--from must be earlier/],
    ['a rate of nothing', ['--rate', '0'], /give a number above 0/],
    ['no configuration', ['--config', '/nope.yaml'], /nope\.yaml cannot be read/],
  ])('with %s is wrong usage', async (_, args, sentence) => {
    const { stderr, exitCode } = await replay(...args).ended;

    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(sentence)]);
    expect(arthur.requests).toBe(0);
  });

  test('of a path without captures is wrong usage', async () => {
    const { stderr, exitCode } = await new ReplayProcess([join(folder, 'model.yaml', '..', 'none'), '--config', config])
      .ended;

    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/none cannot be opened/)]);
  });
});
