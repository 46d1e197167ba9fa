import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { findCaptures } from '../../src/cli/capture-paths';
import { lookAtConfig } from '../../src/cli/check/check-config';
import { checkSample } from '../../src/cli/check/check-sample';
import { PROPOSED_SINKS, type ProposedSink } from '../../src/cli/init/propose-sinks';
import { propose } from '../../src/cli/init/propose';
import { configOf } from '../../src/cli/init/proposal';
import { readSample } from '../../src/cli/init/read-sample';
import { proposalYaml } from '../../src/cli/init/write-yaml';
import { decodeInputs } from '../../src/cli/inspect/decode-inputs';
import { parseModelConfig } from '../../src/config/model-config';
import { captureFileText, csv, json } from '../support/capture-events';
import { run } from '../support/run-cli';

const REAL = join(__dirname, '../../../shared/captures/real');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'init-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

describe('capture-relay init', () => {
  test('prints a configuration that check accepts and that reads the same captures', async () => {
    const captures = file(
      'p/churn/AllTraffic/2026/09/01/12/00-00-000-x.jsonl',
      captureFileText([{ input: csv('age,job\n37,clerk'), output: json([{ score: 0.5 }]) }]),
    );
    const { stdout, exitCode } = await run('init', captures);
    const config = file('models/churn.yaml', stdout);
    const checked = await run('check', config, '--sample', captures, '--json');
    const inspected = await run('inspect', captures, '--config', config, '--json');

    expect([exitCode, checked.exitCode]).toEqual([0, 0]);
    expect(stdout).toMatch(/^model: churn$/m);
    expect(JSON.parse(inspected.stdout)).toMatchObject({ inputs: { age: 37, job: 'clerk' }, outputs: { score: 0.5 } });
  });

  test('writes into a file, and overwrites it only with --force', async () => {
    const captures = file('force.jsonl', captureFileText([{}]));
    const out = join(folder, 'new/folder/model.yaml');
    const first = await run('init', captures, '--out', out, '--model', 'mine');
    const second = await run('init', captures, '--out', out);
    const kept = parse(readFileSync(out, 'utf8')) as unknown;
    const third = await run('init', captures, '--out', out, '--force');

    expect([first.exitCode, second.exitCode, third.exitCode]).toEqual([0, 2, 0]);
    expect(second.stderr).toMatch(/exists; add --force/);
    expect(kept).toMatchObject({ model: 'mine' });
    expect(parse(readFileSync(out, 'utf8'))).toMatchObject({ model: 'my-model' });
  });

  test('prints configuration and remarks as JSON, and ends with 1 when something cannot be read', async () => {
    const captures = file('torn.jsonl', `${captureFileText([{}])}torn`);
    const { stdout, stderr, exitCode } = await run('init', captures, '--json', '--sink', 'arthur', '--sink', 'file');

    expect(JSON.parse(stdout)).toMatchObject({
      config: { sinks: [{ type: 'arthur' }, { type: 'file' }] },
      remarks: expect.arrayContaining([{ about: 'captures', remark: expect.stringMatching(/1 MALFORMED_LINE/) }]),
      read: { events: 1, inferences: 1, rejected: 1 },
    });
    expect(stderr).toMatch(/1 item could not be read, the first at line 2 /);
    expect(exitCode).toBe(1);
  });

  test('proposes nothing from files without a capture event', async () => {
    const { stdout, stderr, exitCode } = await run('init', file('truth.jsonl', '{"groundTruthData":{}}\n'));

    expect([stdout, exitCode]).toEqual(['', 1]);
    expect(stderr).toMatch(/holds no capture event, so nothing can be proposed: a ground truth upload/);
  });

  test.each([
    ['an unknown sink', ['--sink', 'splunk'], /there are: arthur, fiddler, file/],
    ['a model name that is none', ['--model', 'no good'], /--model must be 1 to 63/],
  ])('with %s is wrong usage', async (_, args, sentence) => {
    const { stderr, exitCode } = await run('init', file('usage.jsonl', captureFileText([{}])), ...args);

    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(sentence)]);
  });
});

describe('readSample', () => {
  test('stops at its limits, and says which one and in which file', async () => {
    const captures = join(folder, 'many');
    for (const name of ['a', 'b', 'c']) file(`many/${name}.jsonl`, captureFileText([{}, {}]));
    const { inputs } = await findCaptures(captures, {});
    const byEvents = await readSample(inputs, { maxEvents: 3, maxBytes: 1 << 20 });
    const byBytes = await readSample(inputs, { maxEvents: 9, maxBytes: 10 });
    const whole = await readSample(inputs, { maxEvents: 6, maxBytes: 1 << 20 });

    expect([byEvents.events.length, byEvents.stoppedAt, byEvents.files]).toEqual([3, 'events', { total: 3, read: 2 }]);
    expect([byBytes.events.length, byBytes.stoppedAt]).toEqual([1, 'bytes']);
    expect([whole.events.length, whole.stoppedAt, whole.files.read]).toEqual([6, null, 3]);
  });
});

const isThere = existsSync(REAL);
if (!isThere) console.warn(`no genuine captures at ${REAL}: their tests are left out`);
const genuine = isThere ? readdirSync(REAL).filter((name) => name.endsWith('.jsonl')) : [];
const each = isThere
  ? test.each(genuine.flatMap((name) => PROPOSED_SINKS.map((sink) => ({ name, sink }))))
  : test.skip.each([{ name: '', sink: 'file' }]);

describe('init on a genuine capture file', () => {
  each('$name for $sink: check passes, and every inference is read with named columns', async ({ name, sink }) => {
    const { inputs } = await findCaptures(join(REAL, name), {});
    const { proposal, events } = propose(await readSample(inputs), { model: null, sinks: [sink as ProposedSink] });
    const config = parseModelConfig(parse(proposalYaml(proposal)));
    const { findings } = await checkSample(config, inputs);
    const items: string[] = [];
    for await (const item of decodeInputs(inputs, config.rules))
      items.push(item.kind === 'inference' ? String((item.inference.inputs?.size ?? 0) > 0) : item.kind);

    expect(parse(proposalYaml(proposal))).toEqual(configOf(proposal));
    expect([...findings, ...lookAtConfig(config)].filter((found) => found.severity !== 'note')).toEqual([]);
    expect(events).toBeGreaterThan(0);
    expect(new Set(items)).toEqual(new Set(['event', 'true']));
  });
});
