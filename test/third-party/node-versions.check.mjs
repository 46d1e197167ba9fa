/** The test suite on Node 22 and 24, the versions Lambda runs. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const name = 'npm test on Node 22 and 24';

const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * @param {{ env: string }} given
 * @returns {Promise<{ skipped: string } | void>}
 */
export async function run({ env }) {
  const nodes = [22, 24].map((major) => ({ major, node: path.join(env, `node_modules/node${major}/bin/node`) }));
  if (!nodes.every(({ node }) => existsSync(node)))
    return { skipped: 'the Node 22 and 24 binaries are for Linux on x64' };
  // Side by side, a core each: one after the other would double the wait.
  const results = await Promise.all(nodes.map(async ({ major, node }) => ({ major, ...(await jest(node)) })));
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
 * @returns {Promise<{ status: number | null, stderr: string }>}
 */
function jest(node) {
  // The harness hosts the function in processes of its own, minutes of them, and outages in virtual time are
  // arithmetic: once, on the Node of `npm test`.
  const skipped = ['/node_modules/', 'test/third-party/', 'test/conservation/', 'test/pressure/', 'test/app/drain'];
  const without = ['--runInBand', '--testPathIgnorePatterns', ...skipped];
  const child = spawn(node, [path.join(project, 'node_modules/jest/bin/jest.js'), ...without], {
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
