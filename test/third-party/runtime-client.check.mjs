/**
 * AWS's own Lambda runtime client (aws-lambda-ric) on the project's Runtime API, with Node 22 and 24: what our own
 * bootstrap is told, theirs must understand, and the other way round.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { demoFiles } from '../../src/local/emulation/demo-captures.ts';
import { startArthur } from '../../src/local/partners/arthur.ts';
import { ARTHUR_CREDIT_RISK_ID, demoArthurModels } from '../../src/local/partners/demo-models.ts';
import { startS3Server } from '../../src/local/s3/server.ts';
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
  for (const { major, nodePath } of nodes) {
    await smallHandlers({ nodePath, runtimeClient }, major);
    await forwardHandler({ nodePath, runtimeClient }, major);
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

/** The project's own bundle in AWS's client: an S3 event goes in, and the partner holds the inferences.
 * @param {Options} host
 * @param {number} major
 */
async function forwardHandler(host, major) {
  const state = mkdtempSync(path.join(tmpdir(), 'forward-'));
  execFileSync(process.execPath, [path.join(project, 'scripts/bundle.mjs'), path.join(state, 'bundle')], {
    cwd: project,
  });
  const s3 = await startS3Server({ directory: path.join(state, 's3') });
  const arthur = await startArthur({ token: 'a-token', models: demoArthurModels() });
  const client = new S3Client({
    endpoint: s3.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'k', secretAccessKey: 's' },
  });
  /** @type {object[]} */
  const records = [];
  s3.createBucket('captures', { versioning: true });
  s3.setNotification('captures', [
    { id: 'all', events: ['s3:ObjectCreated:*'], deliver: (record) => void records.push(record) },
  ]);
  const env = {
    AWS_ENDPOINT_URL_S3: s3.url,
    AWS_ACCESS_KEY_ID: 'k',
    AWS_SECRET_ACCESS_KEY: 's',
    ARTHUR_HOST: arthur.url,
    ARTHUR_MODEL_ID: ARTHUR_CREDIT_RISK_ID,
    ARTHUR_ACCESS_TOKEN: 'a-token',
  };
  try {
    const [file] = demoFiles(0, new Date(), 'captures/');
    assert.ok(file);
    await client.send(new PutObjectCommand({ Bucket: 'captures', Key: file.key, Body: file.text }));
    await using({ ...host, taskRoot: path.join(state, 'bundle'), handler: 'index.handler', env }, async (lambda) => {
      const result = await lambda.invoke({ Records: records });
      assert.equal(result.kind, 'ok', `Node ${major}: ${JSON.stringify(result)}`);
      const { counts } = z
        .object({
          body: z.object({
            counts: z.object({ captured: z.number(), delivered: z.number(), quarantined: z.number() }),
          }),
        })
        .parse(result.payload).body;
      assert.deepEqual(counts, { captured: 29, delivered: 27, quarantined: 2 });
      assert.equal(arthur.tally(ARTHUR_CREDIT_RISK_ID).rows, counts.delivered);
    });
  } finally {
    client.destroy();
    await Promise.all([s3.close(), arthur.close()]);
    rmSync(state, { recursive: true, force: true });
  }
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
