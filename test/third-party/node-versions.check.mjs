/** The test suite on Node 22 and 24, the versions Lambda runs. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const name = 'tests and synthesis on Node 22 and 24';

const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * On the Node of `npm test` alone: the harness hosts the function in processes of its own, minutes of them; outages in
 * virtual time are arithmetic; templates are what an example's whole synthesis shows on each version.
 */
const ONCE = [
  '/node_modules/',
  'test/third-party/',
  'test/conservation/',
  'test/pressure/',
  'test/app/drain',
  'test/lib/',
  'test/examples/constructs',
  'test/e2e/synth',
];

/** With an example each to synthesize; not the same, since each writes its own folder. */
const VERSIONS = [
  { major: 22, example: 'several-sinks' },
  { major: 24, example: 'shadow-test' },
];

/**
 * @param {{ env: string }} given
 * @returns {Promise<{ skipped: string } | void>}
 */
export async function run({ env }) {
  const nodes = VERSIONS.map((version) => ({
    ...version,
    node: path.join(env, `node_modules/node${version.major}/bin/node`),
  }));
  if (!nodes.every(({ node }) => existsSync(node)))
    return { skipped: 'the Node 22 and 24 binaries are for Linux on x64' };
  // Side by side, a core each: one after the other would double the wait.
  const results = await Promise.all(
    nodes.map(async ({ major, node, example }) => {
      await synthesize(node, example);
      return { major, ...(await jest(node)) };
    }),
  );
  for (const { major, status, stderr } of results) {
    const summary = /^Tests:.*$/m.exec(stderr)?.[0] ?? 'no summary';
    console.log(`         Node ${major}: ${summary}`);
    assert.equal(
      status,
      0,
      stderr
        .split('\n')
        .filter((line) => /●|✕|FAIL/.test(line))
        .slice(0, 40)
        .join('\n'),
    );
    assert.match(summary, /[1-9]\d* passed/);
  }
}

/**
 * @param {string} node
 * @param {string} example
 */
async function synthesize(node, example) {
  const { status, stderr } = await started(node, [path.join(project, 'scripts/synth.mjs'), example]);
  assert.equal(status, 0, stderr);
}

/**
 * @param {string} node
 * @returns {Promise<{ status: number | null, stderr: string }>}
 */
function jest(node) {
  const without = ['--runInBand', '--testPathIgnorePatterns', ...ONCE];
  return started(node, [path.join(project, 'node_modules/jest/bin/jest.js'), ...without]);
}

/**
 * @param {string} node
 * @param {string[]} words
 * @returns {Promise<{ status: number | null, stderr: string }>}
 */
function started(node, words) {
  const child = spawn(node, words, {
    cwd: project,
    // Child processes of the tests (`node …`) must be of the same version.
    env: { ...process.env, PATH: `${path.dirname(node)}:${process.env.PATH}`, CI: 'true' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stderr }));
  });
}
