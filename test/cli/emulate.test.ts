import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { captureFileText, csv } from '../support/capture-events';
import { run } from '../support/run-cli';

const REAL = join(__dirname, '../../../shared/captures/real');

interface Board {
  readonly balanced: boolean;
  readonly sinks: readonly {
    sink: string;
    captured: number;
    delivered: number;
    quarantined: number;
    skipped: number;
    inFlight: number;
    atPartner: number | null;
  }[];
}

const board = (stdout: string): Board => JSON.parse(stdout) as Board;

function expectConservation({ balanced, sinks }: Board): void {
  expect(balanced).toBe(true);
  for (const row of sinks) {
    expect(row.captured).toBe(row.delivered + row.quarantined + row.skipped);
    expect(row.inFlight).toBe(0);
    if (row.atPartner !== null) expect(row.atPartner).toBe(row.delivered);
  }
}

describe('capture-relay emulate', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'emulate-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('runs the whole system once, ends with 0, and the equation closes for every sink', async () => {
    const { stdout, exitCode } = await run('emulate', '--once', '--json', '--out', folder);

    expect(exitCode).toBe(0);
    expectConservation(board(stdout));
    expect(board(stdout).sinks.find((row) => row.sink === 'arthur')).toMatchObject({
      captured: 31,
      delivered: 27,
      quarantined: 2,
      skipped: 2,
    });
  });

  test("delivers a person's own files to both partners and to a file, and says what was quarantined", async () => {
    const path = join(folder, 'own.jsonl');
    writeFileSync(
      path,
      `${captureFileText([{ eventId: 'a', input: csv('1\n2'), output: csv('3\n4') }, { eventId: 'b' }])}torn`,
    );
    const { stdout, stderr, exitCode } = await run('emulate', path, '--once', '--json', '--out', join(folder, 'out'));

    expect(exitCode).toBe(0);
    expectConservation(board(stdout));
    expect(stderr).toMatch(/rejected: own\.jsonl, line 3: MALFORMED_LINE: the line is not one JSON object/);
    expect(
      readFileSync(join(folder, 'out/captures/captures/own.jsonl.ndjson'), 'utf8').trimEnd().split('\n'),
    ).toHaveLength(3);
  });

  test.each([
    ['a path that does not exist', ['/nope'], /\/nope does not exist/],
    ['a pause that is none', ['--every', 'abc'], /give a number of seconds/],
  ])('with %s is wrong usage', async (_, args, sentence) => {
    const { stderr, exitCode } = await run('emulate', ...args, '--once');

    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(sentence)]);
  });

  const real = existsSync(REAL) ? test : test.skip;
  if (!existsSync(REAL)) console.warn(`no genuine captures at ${REAL}: their test is left out`);

  real('delivers every genuine inference, and says of each file that is no endpoint capture what it is', async () => {
    const { stdout, stderr, exitCode } = await run('emulate', REAL, '--once', '--json', '--out', folder);
    const rows = Object.fromEntries(board(stdout).sinks.map((row) => [row.sink, row.delivered]));

    expect(exitCode).toBe(0);
    expectConservation(board(stdout));
    expect(rows).toEqual({ arthur: 45, 'arthur-shadow': 3, fiddler: 45, 'fiddler-shadow': 3, file: 48 });
    for (const other of [...readdirSync(join(REAL, 'batch-transform')), ...readdirSync(join(REAL, 'ground-truth'))])
      expect(stderr).toContain(`/${other}: `);
  });
});
