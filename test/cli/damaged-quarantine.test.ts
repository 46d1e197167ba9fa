import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type ArthurStandIn, startArthur } from '../../src/local/partners/arthur';
import { ARTHUR_OPEN_ID, demoArthurModels } from '../../src/local/partners/demo-models';
import { events, folderWith, keyAt } from '../replay/replay-runs';
import { runHere } from './run-here';

type Sinks = readonly Record<string, unknown>[];
type ResultLine = Readonly<Record<'redrive' | 'purge', { readonly sinks: Sinks }>>;

const NAMES = ['00-00', '00-01', '00-02'];

/** Three files with a torn line that holds payload and a line that was too long; then one object is damaged. */
describe('redrive, purge and replay where an object of the state is damaged', () => {
  let folder: string;
  let state: string;
  let arthur: ArthurStandIn;

  beforeEach(async () => {
    const textOf = (name: string): string =>
      `${events({ eventId: `a${name}` })}{"torn": "SENSITIVE" ]\n${events({ eventId: `long${name}`, customAttributes: ['x'.repeat(2_000)] })}`;
    folder = folderWith(Object.fromEntries(NAMES.map((name) => [`captures/${keyAt(`01/10/${name}`)}`, textOf(name)])));
    state = join(folder, 'state');
    mkdirSync(state);
    arthur = await startArthur({ token: 'token', models: demoArthurModels() });
    process.env.ARTHUR_TOKEN = 'token';
    configure('limits: { maxLineBytes: 1000 }');
    await replay();
    configure('');
  });
  afterEach(async () => {
    await arthur.close();
    rmSync(folder, { recursive: true });
  });

  function configure(limits: string): void {
    const sink = `{ type: arthur, host: '${arthur.url}', modelId: ${ARTHUR_OPEN_ID}, token: { env: ARTHUR_TOKEN } }`;
    writeFileSync(join(folder, 'model.yaml'), ['model: m', limits, 'sinks:', `  - ${sink}`].join('\n'));
  }
  const options = (): string[] => ['--config', join(folder, 'model.yaml'), '--state', state];
  const replay = (...more: readonly string[]) => runHere('replay', join(folder, 'captures'), ...options(), ...more);
  const redriven = (): string[] =>
    arthur.stored(ARTHUR_OPEN_ID).flatMap(({ id }) => (id.startsWith('long') ? [id] : []));
  const sinkOf = (stdout: string, command: keyof ResultLine) =>
    (JSON.parse(stdout) as ResultLine)[command].sinks[0] ?? {};

  /** The first object below the folder; its key. */
  function damage(part: 'ledger' | 'quarantine', change: (text: string) => string): string {
    const root = join(state, 'entries');
    const paths = readdirSync(join(root, part), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    const path = paths[0] ?? '';

    expect(paths).toHaveLength(NAMES.length);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
    return relative(root, path);
  }
  const aQuoteTooMany = (text: string): string => text.replace('SENSITIVE', 'SENSITIVE"');

  describe.each([
    ['with a quote too many', aQuoteTooMany],
    ['torn at its head', (text: string) => text.slice(text.indexOf('SENSITIVE'))],
    ['emptied', () => ''],
  ])('a segment %s', (_what, change) => {
    test('is left by redrive, named, and nothing of it is shown; the others are brought back', async () => {
      const key = damage('quarantine', change);
      const { stdout, stderr, exitCode } = await runHere('redrive', ...options());
      const json = sinkOf((await runHere('redrive', ...options(), '--json')).stdout, 'redrive');

      expect(exitCode).toBe(1);
      expect(stdout).toContain(`left an object of the state that cannot be read: ${key}`);
      expect(stdout + stderr).not.toContain('SENS');
      expect(redriven()).toHaveLength(2);
      expect(json).toMatchObject({ unreadable: [key] });
    });

    test('is named by dry runs, which count the others', async () => {
      const key = damage('quarantine', change);
      const redrive = await runHere('redrive', ...options(), '--dry-run', '--json');
      const purge = await runHere('purge', ...options(), '--older-than', '0d', '--dry-run', '--json');

      expect([redrive.exitCode, purge.exitCode]).toEqual([1, 1]);
      expect(sinkOf(redrive.stdout, 'redrive')).toMatchObject({
        found: { MALFORMED_LINE: 2, LINE_TOO_LONG: 2 },
        unreadable: [key],
      });
      expect(sinkOf(purge.stdout, 'purge')).toMatchObject({ objects: 2, purged: 4, unreadable: [key] });
      expect(JSON.stringify([redrive, purge])).not.toContain('SENS');
    });

    test('is kept by purge, and the others go', async () => {
      const key = damage('quarantine', change);
      const { stdout, exitCode } = await runHere('purge', ...options(), '--older-than', '0d', '--yes');
      const again = await runHere('purge', ...options(), '--older-than', '0d', '--yes', '--json');

      expect(exitCode).toBe(1);
      expect(stdout).toContain(`kept an object of the state that cannot be read: ${key}`);
      expect(sinkOf(again.stdout, 'purge')).toMatchObject({ objects: 0, purged: 0, unreadable: [key] });
    });
  });

  describe.each([
    ['that is no file of ours', () => 'zzz'],
    ['without members', (text: string) => `${text.slice(0, 37)}{"schema":1}`],
  ])('a ledger entry %s', (_what, change) => {
    test('holds up only its own file in a redrive', async () => {
      const key = damage('ledger', change);
      const { stdout, exitCode } = await runHere('redrive', ...options(), '--json');

      expect(exitCode).toBe(1);
      expect(redriven()).toHaveLength(2);
      expect(sinkOf(stdout, 'redrive')).toMatchObject({ left: { unreadable: 2 }, unreadable: [key], stop: null });
    });

    test('holds up only its own file in a purge', async () => {
      const key = damage('ledger', change);
      const { stdout, exitCode } = await runHere('purge', ...options(), '--older-than', '0d', '--yes', '--json');

      expect(exitCode).toBe(1);
      expect(sinkOf(stdout, 'purge')).toMatchObject({ purged: 4, kept: { unreadable: 2 }, unreadable: [key] });
    });

    test('holds up only its own file in a replay', async () => {
      const key = damage('ledger', change);
      const { stdout, stderr, exitCode } = await replay('--again');

      expect(exitCode).toBe(1);
      expect(stdout + stderr).toContain(`is left alone: ${key} cannot be read`);
      expect(redriven()).toHaveLength(2);
    });

    test('is not behind the place from which a replay says to go on', async () => {
      damage('ledger', change);
      const { stdout, stderr } = await replay();
      const left = /arthur: (\S+) is left alone/.exec(stdout + stderr)?.[1] ?? '';
      const after = /--after (\S+)/.exec(stdout)?.[1] ?? '';

      expect(left).not.toBe('');
      expect(after < left).toBe(true);
      expect(stdout).toContain('1 file left alone, for what is said above');
    });
  });
});
