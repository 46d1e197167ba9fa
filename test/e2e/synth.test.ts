import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { captureYaml, churnYaml, modelYaml } from '../support/model-yaml';
import { ROOT, withFolder } from '../support/relay-templates';

interface Run {
  readonly exitCode: number;
  readonly text: string;
}

/**
 * A program as somebody runs it who has no account of AWS: no credentials, no profile, and a proxy that is not there, so
 * that whatever asks the network fails.
 */
function run(args: readonly string[], home: string): Promise<Run> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|CDK_|JEST_|NODE_OPTIONS)/.test(name));
  const nowhere = 'http://127.0.0.1:1';
  const env = {
    ...Object.fromEntries(kept),
    HOME: home,
    AWS_EC2_METADATA_DISABLED: 'true',
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    CI: 'true',
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [...args], { cwd: ROOT, env, maxBuffer: 16 << 20 }, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code ?? -1), text: `${stdout}${stderr}` });
    });
  });
}

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'synth-home-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

// Both rule sets of cdk-nag and the validation of every template run in here, and take a minute on a busy machine.
const TIMEOUT_MS = 300_000;

test(
  'an example synthesizes strictly, without credentials and without a network, and says how long it took',
  async () => {
    const { exitCode, text } = await run(['scripts/synth.mjs', 'one-endpoint-arthur'], home);

    expect(text).toMatch(/^one-endpoint-arthur {2}0 findings {2}\d+\.\d s\n/m);
    expect(exitCode).toBe(0);
    expect(readdirSync(join(ROOT, 'cdk.out/one-endpoint-arthur'))).toEqual(
      expect.arrayContaining(['Store.template.json', 'CreditRisk.template.json']),
    );
  },
  TIMEOUT_MS,
);

test('an example that there is none of is wrong usage, and those that there are, are named', async () => {
  const { exitCode, text } = await run(['scripts/synth.mjs', 'no-such-example'], home);

  expect(exitCode).toBe(2);
  expect(text).toMatch(/there is no example no-such-example; there are: .*one-endpoint-arthur/);
});

describe('cdk synth of a wrong configuration ends with the problem and no stack trace:', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    [
      'prefixes that overlap',
      {
        'models/a.yaml': modelYaml(),
        'models/b.yaml': churnYaml({ capture: 'capture: { bucket: ml-captures, prefix: captures/ }' }),
      },
      /models\/b\.yaml:3 capture\.prefix "captures\/" overlaps "captures\/credit-risk\/"/,
    ],
    [
      'sampling',
      { 'models/a.yaml': modelYaml(captureYaml('samplingPercentage: 20')) },
      /models\/a\.yaml:3 capture\.samplingPercentage leaves inferences out: take 100/,
    ],
    [
      'a shadow test without a model, which is seen when stacks are made',
      {
        'models/a.yaml': modelYaml({
          endpoint: 'endpoint: { existing: a }',
          shadow:
            'shadow: { test: { name: v2, variants: [{ variant: AllTraffic, instanceType: ml.m5.large, instanceCount: 1 }, { variant: S, model: v2, instanceType: ml.m5.large, instanceCount: 1 }], sourceVariant: AllTraffic, shadowVariant: { variant: S, samplingPercentage: 50 } } }',
        }),
        'capture-relay.yaml': 'account: "111122223333"\nregion: eu-central-1\n',
      },
      /models\/a\.yaml:6 shadow\.test\.variants\[0\]\.model is missing: give the SageMaker model of variant AllTraffic/,
    ],
  ])('%s', async (_, files, problem) => {
    const { exitCode, text } = await withFolder(files, (directory) =>
      run(
        [
          'node_modules/aws-cdk/bin/cdk',
          'synth',
          '--context',
          `directory=${directory}`,
          '--output',
          join(directory, 'out'),
        ],
        home,
      ),
    );

    expect(text).toMatch(problem);
    expect(text).not.toMatch(/^\s+at .*[:(]/m);
    expect(exitCode).not.toBe(0);
  });
});
