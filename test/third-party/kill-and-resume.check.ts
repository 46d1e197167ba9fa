import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type LedgerEntry, readEntry } from '../../src/ledger/entry';
import { forwardBundle } from '../../src/local/emulation/forward-bundle';
import { startLambda } from '../../src/local/lambda/lambda';
import { startArthur } from '../../src/local/partners/arthur';
import { ARTHUR_CREDIT_RISK_ID, demoArthurModels } from '../../src/local/partners/demo-models';
import { fileOfCalls } from './ministack/captured-files';
import { drainQueue, messagesIn } from './ministack/queue-to-function';
import { startMinistack } from './ministack/server';
import { pythonEnvironment } from './python-environment';

/**
 * One capture file, a function that is killed in the middle of it, and one that goes on: ledger, leases, ranges and
 * fresh messages on an S3 and SQS that others wrote.
 */
export const name = "a run that is killed and gone on with, on MiniStack's S3 and SQS";

const CAPTURES = 'ml-captures';
const STATE = 'relay-state';
const ACCESS = { region: 'us-east-1', credentials: { accessKeyId: 'ministack', secretAccessKey: 'ministack' } };
const CALLS = 120;
const BATCH = 3;
const IN_FLIGHT = 2;
/** Short, so that the lease of the killed run is soon over, and the file takes several runs. */
const TIMEOUT_MS = 8_000;

export async function run({ env }: { env: string }): Promise<{ skipped: string } | undefined> {
  const found = pythonEnvironment(env, { name: 'ministack', minors: [10, 14] });
  if ('skipped' in found) return found;
  const folder = mkdtempSync(join(tmpdir(), 'kill-and-resume-'));
  // Before any server: what fails here must leave none behind.
  const taskRoot = await forwardBundle(join(folder, 'bundle'));
  const [ministack, arthur] = await Promise.all([
    startMinistack(found.python),
    startArthur({ token: 'arthur-token', models: demoArthurModels() }),
  ]);
  const s3 = new S3Client({ endpoint: ministack.url, forcePathStyle: true, ...ACCESS });
  const sqs = new SQSClient({ endpoint: ministack.url, ...ACCESS });
  const config = join(folder, 'capture-relay.json');
  writeFileSync(config, JSON.stringify(modelConfig(arthur.url)));
  const node24 = join(env, 'node_modules/node24/bin/node');
  const lambda = await startLambda({
    functionName: 'forward',
    handler: 'index.handler',
    taskRoot,
    memoryMb: 256,
    timeoutMs: TIMEOUT_MS,
    ...(existsSync(node24) ? { nodePath: node24 } : {}),
    env: {
      AWS_ENDPOINT_URL: ministack.url,
      AWS_REGION: ACCESS.region,
      AWS_ACCESS_KEY_ID: ACCESS.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ACCESS.credentials.secretAccessKey,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      ARTHUR_TOKEN: arthur.token,
      CAPTURE_RELAY_CONFIG: config,
      CAPTURE_RELAY_STATE_BUCKET: STATE,
    },
  });
  try {
    for (const Bucket of [CAPTURES, STATE]) await s3.send(new CreateBucketCommand({ Bucket }));
    const queue = await makeQueue(sqs);
    const file = fileOfCalls('killed', 'killed', CALLS);
    const { ETag = '' } = await s3.send(new PutObjectCommand({ Bucket: CAPTURES, Key: file.key, Body: file.text }));
    await sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: notification(file.key, ETag) }));
    arthur.faults.add({ fault: { kind: 'slow', delayMs: 120 } });
    const rows = (): number => arthur.stored(ARTHUR_CREDIT_RISK_ID).length;
    const killed = killAt(CALLS / 3, rows, () => lambda.kill());
    const batches = await drainQueue({
      client: sqs,
      queueUrl: queue.url,
      queueArn: queue.arn,
      invoke: (event) => lambda.invoke(event),
    });
    assert.ok((await killed) >= CALLS / 3, 'the first run was killed in the middle');
    assert.ok(
      batches.some(({ result }) => result.kind === 'exit'),
      'an invocation ended with its process',
    );
    assert.equal(await messagesIn(sqs, queue.deadLetterUrl), 0, 'nothing is a dead letter');
    const ids = arthur.stored(ARTHUR_CREDIT_RISK_ID).map(({ id }) => id);
    assert.deepEqual([...new Set(ids)].sort(), [...file.ids].sort(), 'Arthur holds every inference');
    assert.ok(ids.length - file.ids.length <= BATCH * IN_FLIGHT, `${ids.length - file.ids.length} came twice`);
    const entry = await onlyEntry(s3);
    assert.equal(entry.state, 'done');
    assert.deepEqual([entry.counts.captured, entry.counts.delivered], [CALLS, CALLS]);
    assert.ok(entry.epoch >= 2, 'a second run took the file over');
  } finally {
    await lambda.close();
    for (const client of [s3, sqs]) client.destroy();
    await Promise.all([ministack.stop(), arthur.close()]);
    rmSync(folder, { recursive: true, force: true });
  }
  return undefined;
}

const modelConfig = (host: string) => ({
  model: 'credit-risk',
  sinks: [
    {
      type: 'arthur',
      host,
      modelId: ARTHUR_CREDIT_RISK_ID,
      token: { env: 'ARTHUR_TOKEN' },
      batch: { maxInferences: BATCH, maxInFlight: IN_FLIGHT },
    },
  ],
});

/** Resolves with the rows there were when it struck. */
async function killAt(rowsAtLeast: number, rows: () => number, kill: () => void): Promise<number> {
  const giveUpAtMs = Date.now() + 60_000;
  while (rows() < rowsAtLeast && Date.now() < giveUpAtMs) await sleep(5);
  kill();
  return rows();
}

async function makeQueue(sqs: SQSClient): Promise<{ url: string; arn: string; deadLetterUrl: string }> {
  const make = async (QueueName: string, Attributes: Record<string, string>) => {
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
    const { Attributes: made = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    return { url: QueueUrl, arn: made.QueueArn ?? '' };
  };
  const deadLetters = await make('killed-dlq', {});
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 5 });
  return { ...(await make('killed', { VisibilityTimeout: '48', RedrivePolicy })), deadLetterUrl: deadLetters.url };
}

const notification = (key: string, eTag: string): string =>
  JSON.stringify({
    Records: [
      {
        eventName: 'ObjectCreated:Put',
        s3: { bucket: { name: CAPTURES }, object: { key: encodeURIComponent(key), eTag: eTag.replaceAll('"', '') } },
      },
    ],
  });

async function onlyEntry(s3: S3Client): Promise<LedgerEntry> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: STATE, Prefix: 'ledger/' }));
  assert.equal(Contents.length, 1, 'one entry for one file and sink');
  const key = Contents[0]?.Key ?? '';
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: STATE, Key: key }));
  return readEntry((await Body?.transformToString()) ?? '', key);
}
