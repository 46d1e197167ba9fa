/**
 * AWS's own Lambda runtime client (aws-lambda-ric) on the project's Runtime API, with Node 22 and 24: what our own
 * bootstrap is told, theirs must understand, and the other way round.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { startLambda } from '../../src/local/lambda/lambda.ts';

export const name = "AWS's Lambda runtime client on our Runtime API, Node 22 and 24";

const here = path.dirname(fileURLToPath(import.meta.url));
const project = path.resolve(here, '../..');
/** @typedef {Partial<import('../../src/local/lambda/lambda.ts').LambdaOptions>} Options */
/** @typedef {import('../../src/local/lambda/lambda.ts').Lambda} Lambda */

/** What `index.answer` tells. */
const ANSWER = z.object({ event: z.unknown(), awsRequestId: z.string(), memoryLimitInMB: z.string(), pid: z.number() });

/**
 * @param {{ env: string }} given
 * @returns {Promise<{ skipped: string } | void>}
 */
export async function run({ env }) {
  const nodes = [22, 24].map((major) => ({ major, nodePath: path.join(env, `node_modules/node${major}/bin/node`) }));
  if (!nodes.every(({ nodePath }) => existsSync(nodePath)))
    return { skipped: 'the Node 22 and 24 binaries are for Linux on x64' };
  const runtimeClient = {
    path: path.join(env, 'node_modules/aws-lambda-ric/index.mjs'),
    require: path.join(here, 'runtime-client/native-shim.cjs'),
  };
  bundle();
  for (const { major, nodePath } of nodes) {
    await smallHandlers({ nodePath, runtimeClient }, major);
    await forwardHandler({ nodePath, runtimeClient });
  }
}

/**
 * @param {Options} host
 * @param {number} major
 */
async function smallHandlers(host, major) {
  const small = { ...host, taskRoot: path.join(here, 'runtime-client') };
  await using({ ...small, handler: 'index.answer', env: { SINK: 'arthur' } }, async (lambda) => {
    const first = await lambda.invoke({ text: 'grüße' });
    const second = await lambda.invoke([]);
    assert.equal(first.kind, 'ok', `Node ${major}: ${JSON.stringify(first)}`);
    assert.equal(second.kind, 'ok');
    const [one, two] = [ANSWER.parse(first.payload), ANSWER.parse(second.payload)];
    assert.deepEqual(one.event, { text: 'grüße' });
    assert.equal(one.memoryLimitInMB, '256');
    assert.equal(one.pid, two.pid, 'the second event meets a warm process');
    assert.notEqual(one.awsRequestId, two.awsRequestId);
  });
  await using({ ...small, handler: 'index.fail' }, async (lambda) => {
    const result = await lambda.invoke({});
    assert.equal(result.kind, 'error');
    assert.deepEqual([result.errorType, result.errorMessage], ['RangeError', 'out of it']);
    assert.ok(result.trace?.some((line) => line.includes('index.cjs')));
  });
  await using({ ...small, handler: 'broken.handler' }, async (lambda) => {
    const result = await lambda.invoke({});
    assert.equal(result.kind, 'error');
    assert.deepEqual([result.errorType, result.errorMessage], ['TypeError', 'broken at load']);
  });
  await using({ ...small, handler: 'index.never', timeoutMs: 300 }, async (lambda) => {
    assert.deepEqual(await lambda.invoke({}), { kind: 'timeout' });
    assert.deepEqual(await lambda.invoke({}), { kind: 'timeout' }, 'after a cold start');
  });
  await using({ ...small, handler: 'index.remaining', timeoutMs: 9000 }, async (lambda) => {
    const result = await lambda.invoke({});
    assert.equal(result.kind, 'ok');
    const [atStart, later] = z.tuple([z.number(), z.number()]).parse(result.payload);
    assert.ok(atStart > 0 && atStart <= 9000, `remaining at the start: ${atStart} ms`);
    assert.ok(later < atStart, `remaining after some work: ${later} ms of ${atStart}`);
  });
}

/** Makes the bundle anew when the project can. */
function bundle() {
  const script = path.join(project, 'scripts/bundle.mjs');
  if (existsSync(script)) execFileSync(process.execPath, [script], { cwd: project, stdio: 'inherit' });
}

/**
 * The project's own bundle in AWS's client: it loads, and its handler is found. (An error of the handler's own, for
 * want of a configuration, is fine here; `Runtime.…` are the runtime's complaints about the file.)
 * @param {Options} host
 */
async function forwardHandler(host) {
  const taskRoot = path.join(project, 'dist/forward');
  if (!existsSync(path.join(taskRoot, 'index.js'))) return;
  await using({ ...host, taskRoot, handler: 'index.handler' }, async (lambda) => {
    const result = await lambda.invoke({ Records: [] });
    assert.ok(result.kind === 'ok' || result.kind === 'error', JSON.stringify(result));
    if (result.kind === 'error') assert.doesNotMatch(result.errorType, /^Runtime\./, result.errorMessage);
  });
}

/**
 * @param {Options & { taskRoot: string, handler: string }} options
 * @param {(lambda: Lambda) => Promise<void>} use
 */
async function using(options, use) {
  const lambda = await startLambda({ functionName: 'forward', memoryMb: 256, timeoutMs: 20_000, env: {}, ...options });
  try {
    await use(lambda);
  } finally {
    await lambda.close();
  }
}
