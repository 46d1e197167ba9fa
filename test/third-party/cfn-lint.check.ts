import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { pythonEnvironment } from './python-environment';

/** Every example's templates, read by AWS's own linter, which knows more than the validation that CDK has built in. */
export const name = 'cfn-lint on the templates of every example';

const PROJECT = join(__dirname, '../..');
const OUTPUT = join(PROJECT, 'cdk.out');
const SYNTH_LIMIT_MS = 300_000;
const LINT_LIMIT_MS = 120_000;

/** W3005, a DependsOn that a reference implies, is CDK's own. Warnings count: an action misspelt is one (W3037). */
const OPTIONS = ['--ignore-checks', 'W3005', '--format', 'json'];

const FINDINGS = z.array(
  z.object({
    Filename: z.string(),
    Rule: z.object({ Id: z.string() }),
    Message: z.string(),
    Location: z.object({ Path: z.array(z.union([z.string(), z.number()])).nullable() }),
  }),
);

export async function run({ env }: { env: string }): Promise<{ skipped: string } | undefined> {
  const found = pythonEnvironment(env, { name: 'moto', minors: [11, 14] });
  if ('skipped' in found) return found;
  const lint = (templates: readonly string[]) => findingsIn(join(dirname(found.python), 'cfn-lint'), templates);
  const examples = await synthesize();
  const templates = examples.flatMap((example) => templatesOf(join(OUTPUT, example)));
  assert.ok(templates.length >= 2 * examples.length, 'each example has a store and a model');
  assert.deepEqual(await lint(templates), []);
  await expectFault(lint, templates);
  return undefined;
}

/** By the command that people use; prints how long each example took. */
async function synthesize(): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(PROJECT, 'scripts/synth.mjs')], {
    cwd: PROJECT,
    timeout: SYNTH_LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  const lines = stdout.trim().split('\n');
  for (const line of lines) console.log(`         ${line}`);
  return lines.map((line) => line.split(' ')[0] ?? '');
}

const templatesOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => join(folder, file));

/** One line for each finding. Rejects when the linter itself fails. */
async function findingsIn(program: string, templates: readonly string[]): Promise<string[]> {
  const stdout = await new Promise<string>((resolve, reject) => {
    const options = { timeout: LINT_LIMIT_MS, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 * 1024 } as const;
    execFile(program, [...OPTIONS, '--', ...templates], options, (error, out, said) => {
      // 2, 4, 8 and their sums tell of findings. Source: cfn-lint's README, "Exit codes".
      const isAnswer = error === null || (typeof error.code === 'number' && error.code % 2 === 0);
      if (isAnswer && said === '') resolve(out);
      else reject(new Error(`cfn-lint failed: ${error?.message ?? ''}\n${said.slice(-2_000)}`));
    });
  });
  return FINDINGS.parse(JSON.parse(stdout)).map(
    ({ Filename, Rule, Message, Location }) =>
      `${relative(OUTPUT, Filename)} ${(Location.Path ?? []).join('/')}: ${Rule.Id} ${Message}`,
  );
}

/** The same command on a template with one letter less, so that a linter that reads nothing does not pass. */
async function expectFault(
  lint: (templates: readonly string[]) => Promise<string[]>,
  templates: readonly string[],
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cfn-lint-'));
  try {
    const sound = templates.map((path) => readFileSync(path, 'utf8')).find((text) => text.includes('"s3:GetObject"'));
    assert.ok(sound !== undefined, 'a template lets something read objects');
    const faulty = join(folder, 'faulty.template.json');
    writeFileSync(faulty, sound.replace('"s3:GetObject"', '"s3:GetObjct"'));
    const findings = await lint([faulty]);
    assert.equal(findings.length, 1, findings.join('\n'));
    assert.match(findings[0] ?? '', /W3037/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
