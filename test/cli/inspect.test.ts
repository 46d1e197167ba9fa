import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { captureFileText, captureLine, csv, json } from '../support/capture-events';
import { run } from '../support/run-cli';
import { parseCsv } from '../support/parse-csv';

const REAL = join(__dirname, '../../../shared/captures/real');

interface InspectLine {
  readonly partnerInferenceId?: string;
  readonly eventId?: string;
  readonly rejection?: { readonly code: string; readonly line: number };
  readonly skipped?: { readonly kind: string };
}
const jsonLines = (stdout: string): InspectLine[] =>
  stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as InspectLine]));

describe('capture-relay inspect', () => {
  let folder: string;
  const file = (name: string, content: string | Buffer): string => {
    const path = join(folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content);
    return path;
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'inspect-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('prints one inference a line as JSON, with every documented member, endpoint and variant from the path', async () => {
    const path = file(
      'p/churn/AllTraffic/2026/09/01/12/00-00-000-x.jsonl',
      captureFileText([
        {
          eventId: 'e',
          inferenceId: 'i',
          customAttributes: ['a=b'],
          input: csv('1.50,x\n2,y'),
          output: json([{ p: 1 }, { p: 2 }]),
        },
      ]),
    );
    const { stdout, exitCode } = await run('inspect', path, '--json');

    expect(stdout.split('\n')[0]).toBe(
      `{"partnerInferenceId":"i_0","eventId":"e","inferenceId":"i","index":0,"count":2,"inferenceTime":"2026-09-01T12:00:00Z","endpoint":"churn","variant":"AllTraffic","shadow":false,"customAttributes":["a=b"],"inputs":{"feature_0":1.50,"feature_1":"x"},"outputs":{"p":1},"file":"${path}","line":1}`,
    );
    expect([jsonLines(stdout).length, exitCode]).toEqual([2, 0]);
  });

  test('prints rejections and skipped lines in their place, and ends with 1', async () => {
    const path = file('mixed.jsonl', `${captureLine()}\nbroken\n{"groundTruthData":{}}\n`);
    const { stdout, exitCode } = await run('inspect', path, '--json');

    expect(jsonLines(stdout).slice(1)).toEqual([
      {
        rejection: {
          stage: 'line',
          code: 'MALFORMED_LINE',
          reason: expect.any(String),
          file: path,
          line: 2,
          byteOffset: captureLine().length + 1,
          byteLength: 6,
        },
      },
      { skipped: { kind: 'ground-truth', reason: expect.any(String), file: path, line: 3 } },
    ]);
    expect(exitCode).toBe(1);
  });

  test('shows a table, a summary of each column, and no colours when nobody looks', async () => {
    const { stdout, exitCode } = await run(
      'inspect',
      file('table.jsonl', captureFileText([{ input: csv('1,red') }, { input: csv('3,red') }])),
    );

    expect(stdout).toMatch(/2 inferences in 2 events of 1 file/);
    expect(stdout).toMatch(/│ feature_0 +│ input +│ number +│ 2 +│ 0 +│ 1 +│ 2 +│ 3 /);
    expect(stdout).toMatch(/│ feature_1 +│ input +│ text .*red \(2\)/);
    expect(stdout).not.toContain('\u001b');
    expect(exitCode).toBe(0);
  });

  test('shows as many inferences as --head says, and no control characters of a payload', async () => {
    const path = file(
      'head.jsonl',
      captureFileText(
        Array.from({ length: 5 }, (_, at) => ({ eventId: `e${at}`, input: json({ text: '\u001b[31mred\u0007' }) })),
      ),
    );
    const { stdout } = await run('inspect', path, '--head', '2');

    expect(stdout.match(/e\d/g)).toEqual(['e0', 'e1']);
    expect(stdout).not.toContain('\u001b');
  });

  test('prints a CSV in which every column of every inference has its place, and nulls differ from empty texts', async () => {
    const path = file(
      'late.jsonl',
      captureFileText([
        { eventId: 'a', input: json({ x: 'com,ma "q"' }) },
        { eventId: 'b', input: json({ x: '', y: null, late: 1 }) },
      ]),
    );
    const rows = parseCsv((await run('inspect', path, '--csv')).stdout);

    expect(rows[0]?.slice(-4)).toEqual(['input.x', 'input.y', 'input.late', 'output.prediction']);
    expect(rows.slice(1).map((row) => row.slice(-4))).toEqual([
      ['com,ma "q"', '', '', '0.5'],
      ['', '', '1', '0.5'],
    ]);
  });

  test("uses a model's configuration for names and types, and lists its mistakes at once", async () => {
    const path = file('named.jsonl', captureFileText([{ input: csv('37,00501') }]));
    const config = file(
      'model.yaml',
      'model: m\ninput: { columns: [age, {name: zip, type: string}] }\nsinks: [{ type: file, path: x }]\n',
    );
    const wrong = file('wrong.yaml', 'model: m\ninput: { colums: [a] }\nsinks: [{ type: pigeon }]\n');

    expect((await run('inspect', path, '--json', '--config', config)).stdout).toContain(
      '"inputs":{"age":37,"zip":"00501"}',
    );
    const refused = await run('inspect', path, '--config', wrong);
    expect([refused.exitCode, refused.stderr.match(/wrong\.yaml: /g)?.length]).toEqual([2, 2]);
  });

  test('reads a folder, passes over other files and says so, and goes on after a file it cannot read', async () => {
    file('folder/a.jsonl', captureFileText([{}]));
    file('folder/sub/b.jsonl', captureFileText([{}]));
    file('folder/readme.txt', 'x');
    const { stdout, exitCode } = await run('inspect', join(folder, 'folder'));

    expect(stdout).toMatch(/2 inferences in 2 events of 2 files/);
    expect(stdout).toMatch(/passed over by name: 1 file, such as .*readme.txt/);
    expect(exitCode).toBe(0);
  });

  test.each([
    ['a path that does not exist', (): string => '/nope.jsonl', 2, /nope\.jsonl does not exist/],
    [
      'a folder without captures',
      (): string => file('none/x.txt', 'x').replace(/x\.txt$/, ''),
      2,
      /holds no capture file \(1 file/,
    ],
    ['an empty file', (): string => file('empty.jsonl', ''), 0, /0 inferences/],
    [
      'a binary file',
      (): string => file('binary.jsonl', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3])),
      1,
      /no JSON Lines, but gzip, to be unpacked first/,
    ],
    [
      'a file of another kind',
      (): string => file('other.jsonl', 'name,age\n1,2\n'),
      1,
      /nothing in it is a capture event/,
    ],
  ])('ends with a clear sentence for %s', async (_, path, code, sentence) => {
    const { stdout, stderr, exitCode } = await run('inspect', path());

    expect(exitCode).toBe(code);
    expect(stdout + stderr).toMatch(sentence);
  });

  test.each([[[]], [['a', '--head', '-1']], [['a', '--nope']]])(
    'with the arguments %j is wrong usage',
    async (args) => {
      expect((await run('inspect', ...args)).exitCode).toBe(2);
    },
  );

  const real = existsSync(REAL) ? test : test.skip;
  if (!existsSync(REAL)) console.warn(`no genuine captures at ${REAL}: their test is left out`);

  real('gives the counts of the index for every genuine capture, with the right ids', async () => {
    const index = [
      ...readFileSync(join(REAL, 'INDEX.md'), 'utf8').matchAll(/^\| `([^`]+\.jsonl)` \| (\d+) \| ([^|]+) \| in /gm),
    ].map(([, name = '', events = '0', inferences = '']) => ({ name, events: Number(events), inferences }));
    expect(index).toHaveLength(17);
    const { stdout, exitCode } = await run('inspect', REAL, '--json');
    const lines = jsonLines(stdout);

    expect(exitCode).toBe(0);
    for (const { name, events, inferences } of index) {
      const own = lines.filter((line) => (line as { file?: string }).file === join(REAL, name));
      const counts = countsPerEvent(readFileSync(join(REAL, name), 'utf8'), own);
      expect([name, counts.length]).toEqual([name, events]);
      const expected =
        /per event/.test(inferences) && !inferences.includes('and')
          ? Array.from({ length: events }, () => Number.parseInt(inferences, 10))
          : inferences.split('and').map((count) => Number.parseInt(count, 10));
      expect([name, counts]).toEqual([name, expected]);
    }
  });
});

/** Inferences of each line, whose ids are checked on the way: bare for one, with an index from 0 for several. */
function countsPerEvent(text: string, own: readonly InspectLine[]): number[] {
  return text.split('\n').flatMap((line, at) => {
    if (line === '') return [];
    const { eventMetadata } = JSON.parse(line) as { eventMetadata: { eventId: string; inferenceId?: string } };
    const inferences = own.filter((each) => (each as { line?: number }).line === at + 1);
    const id = eventMetadata.inferenceId ?? eventMetadata.eventId;
    expect(inferences.map((each) => each.partnerInferenceId)).toEqual(
      inferences.length === 1 ? [id] : inferences.map((_, index) => `${id}_${index}`),
    );
    return [inferences.length];
  });
}
