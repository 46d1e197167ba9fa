import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startArthur } from '../../src/local/partners/arthur';
import {
  ARTHUR_CREDIT_RISK_ID,
  demoArthurModels,
  demoFiddlerModels,
  FIDDLER_CREDIT_RISK_ID,
} from '../../src/local/partners/demo-models';
import { startFiddler } from '../../src/local/partners/fiddler';
import { captureFileText, csv } from '../support/capture-events';
import type { CliResult } from '../support/run-cli';
import { runCheck } from './check/run-check';

interface Report {
  readonly verdict: string;
  readonly configurations: readonly {
    readonly file: string;
    readonly findings: readonly { severity: string; key: string | null; problem: string }[];
    readonly partners: readonly { sink: string; reached: boolean }[] | null;
  }[];
}

const report = ({ stdout }: CliResult): Report => JSON.parse(stdout) as Report;
const problems = (result: CliResult): string[] =>
  report(result).configurations.flatMap(({ findings }) =>
    findings.map((found) => `${found.severity} ${found.key ?? ''}: ${found.problem}`),
  );

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'check-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

describe('capture-relay check', () => {
  test('checks models/*.yaml by default, reports everything at once, and ends with 2', async () => {
    file('here/models/a.yaml', 'model: same\nsinks: [{ type: file, path: out/ }]\n');
    file('here/models/b.yml', 'model: same\ninput: { row: one }\nsinks: []\n');
    file('here/models/notes.txt', 'no configuration');
    const result = await runCheck([], { cwd: join(folder, 'here') });

    expect(result.exitCode).toBe(2);
    expect(result.stdout).toMatch(/│ models\/a\.yaml +│ same +│ fine +│ not asked +│ not asked │/);
    expect(result.stdout).toMatch(/wrong: models\/b\.yml:2: input\.row is not a setting/);
    expect(result.stdout).toMatch(/wrong: models\/b\.yml:3: sinks must/);
    expect(result.stdout).toMatch(/wrong: models\/b\.yml:1: model "same" is the model of models\/a\.yaml, too/);
    expect(result.stdout).not.toContain('notes.txt');
  });

  test('ends with 1 when a sample is not as configured, and shows its columns', async () => {
    const config = file('m.yaml', 'model: m\ninput: { columns: [a, b, c] }\nsinks: [{ type: file, path: out/ }]\n');
    const sample = file('m.jsonl', captureFileText([{}]));
    const result = await runCheck([config, '--sample', sample]);

    expect(result.exitCode).toBe(1);
    expect(result.stdout).toMatch(/disagrees: .*COLUMN_COUNT_MISMATCH 1 time\(s\), first at line 1, row 0 of/);
    expect(result.stdout).toMatch(/│ feature_0 +│ input/);
  });

  test.each([
    ['a sample that is not there', ['m2.yaml', '--sample', 'none.jsonl'], /does not exist/],
    ['a sample for two configurations', ['m2.yaml', 'm3.yaml', '--sample', '.'], /name the one/],
  ])('with %s is wrong usage', async (_, args, sentence) => {
    for (const name of ['m2', 'm3']) file(`${name}.yaml`, `model: ${name}\nsinks: [{ type: file, path: out/ }]\n`);
    const { exitCode, stderr } = await runCheck(args, { cwd: folder });

    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(sentence)]);
  });
});

describe('capture-relay check --partner', () => {
  let arthur: Awaited<ReturnType<typeof startArthur>>;
  let fiddler: Awaited<ReturnType<typeof startFiddler>>;
  beforeAll(async () => {
    arthur = await startArthur({ token: 'right', models: demoArthurModels() });
    fiddler = await startFiddler({ token: 'right', models: demoFiddlerModels() });
  });
  afterAll(() => Promise.all([arthur.close(), fiddler.close()]));

  const sinks = (): string => `sinks:
  - { type: arthur, host: ${arthur.url}, modelId: ${ARTHUR_CREDIT_RISK_ID}, token: { env: CHECK_TOKEN } }
  - { type: fiddler, url: ${fiddler.url}, modelId: ${FIDDLER_CREDIT_RISK_ID}, token: { env: CHECK_TOKEN } }
`;
  const check = (token: string, config: string, ...args: string[]): Promise<CliResult> => {
    const path = file('partner.yaml', `model: credit-risk\n${config}`);
    return runCheck([path, '--partner', '--json', ...args], { env: { CHECK_TOKEN: token } });
  };

  test('agrees with both partners, sends nothing, and ends with 0', async () => {
    const sample = file('fine.jsonl', captureFileText([{ input: csv('37,Private,52000.5,40'), output: csv('0.9') }]));
    const columns = 'input: { columns: [age, workclass, income, hours] }\noutput: { columns: [score] }\n';
    const result = await check('right', columns + sinks(), '--sample', sample);

    expect([problems(result), result.exitCode]).toEqual([[], 0]);
    expect(report(result).configurations[0]?.partners).toEqual([
      { sink: 'arthur', type: 'arthur', reached: true },
      { sink: 'fiddler', type: 'fiddler', reached: true },
    ]);
    expect([arthur.tally(ARTHUR_CREDIT_RISK_ID).rows, fiddler.tally(FIDDLER_CREDIT_RISK_ID).rows]).toEqual([0, 0]);
  });

  test('finds missing, extra and reordered columns, and values that the partner cannot take', async () => {
    const sample = file('odd.jsonl', captureFileText([{ input: csv('Private,many,1'), output: csv('0.9') }]));
    const config = 'input: { columns: [workclass, age, zip] }\noutput: { columns: [score] }\n';
    const result = await check('right', config + sinks(), '--sample', sample);

    expect(result.exitCode).toBe(1);
    for (const sink of ['arthur', 'fiddler']) {
      expect(problems(result)).toContain(`disagrees ${sink} input: missing: the partner's model expects income, hours`);
      expect(problems(result)).toContain(
        `disagrees ${sink} input: extra: the partner's model does not know zip; they are not delivered`,
      );
      expect(problems(result).join('\n')).toMatch(
        new RegExp(`disagrees ${sink}: TYPE_MISMATCH 1 time\\(s\\), first at line 1, row 0 .*column "age"`),
      );
    }
  });

  test('says in one line what is wrong with a token, a missing secret and an address, and ends with 1', async () => {
    const nobody = `sinks:
  - { type: arthur, host: ${arthur.url}, modelId: m, token: { env: CHECK_TOKEN } }
  - { name: unset, type: arthur, host: ${arthur.url}, modelId: n, token: { env: CHECK_NO_TOKEN } }
  - { name: away, type: arthur, host: 'http://127.0.0.1:1', modelId: m, token: { env: CHECK_TOKEN } }
`;
    const result = await check('wrong', nobody);

    expect(result.exitCode).toBe(1);
    expect(problems(result)).toEqual([
      expect.stringMatching(/^disagrees arthur: SINK_TOKEN_REFUSED: Arthur answered 401/),
      expect.stringMatching(/^disagrees unset: SECRET_UNREADABLE: .*CHECK_NO_TOKEN is empty or missing/),
      expect.stringMatching(/^disagrees away: SINK_UNAVAILABLE: Arthur could not be reached/),
    ]);
  });
});
