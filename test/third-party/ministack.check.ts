import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { forwardBundle } from '../../src/local/emulation/forward-bundle';
import { type Lambda, startLambda } from '../../src/local/lambda/lambda';
import { type ArthurStandIn, startArthur } from '../../src/local/partners/arthur';
import {
  ARTHUR_CREDIT_RISK_ID,
  demoArthurModels,
  demoFiddlerModels,
  FIDDLER_CREDIT_RISK_ID,
} from '../../src/local/partners/demo-models';
import { type FiddlerStandIn, startFiddler } from '../../src/local/partners/fiddler';
import {
  type CapturedFile,
  captureKey,
  fileOfCalls,
  fileWithTornLine,
  oddlyNamedFiles,
  PREFIX,
  SUFFIX,
} from './ministack/captured-files';
import { drainQueue, type InvokedBatch, messagesIn } from './ministack/queue-to-function';
import { startMinistack } from './ministack/server';
import { expectEquation } from './ministack/equation';
import { pythonEnvironment } from './python-environment';

/**
 * The bundled handler between the S3 and the SQS of MiniStack: what a foreign S3 notifies of, in whatever spelling,
 * arrives at the partners exactly once.
 */
export const name = "the bundled handler between MiniStack's S3 and SQS";

const BUCKET = 'ml-captures';
const MAX_RECEIVES = 2;
const ACCESS = { region: 'us-east-1', credentials: { accessKeyId: 'ministack', secretAccessKey: 'ministack' } };
const UNREADABLE = 'not a notification';
const NOTIFIED_WITHIN_MS = 10_000;

export async function run({ env }: { env: string }): Promise<{ skipped: string } | undefined> {
  const found = pythonEnvironment(env, { name: 'ministack', minors: [10, 14] });
  if ('skipped' in found) return found;
  const state = mkdtempSync(join(tmpdir(), 'ministack-'));
  const [ministack, arthur, fiddler] = await Promise.all([
    startMinistack(found.python),
    startArthur({ token: 'arthur-token', models: demoArthurModels() }),
    startFiddler({ token: 'fiddler-token', models: demoFiddlerModels() }),
  ]);
  const s3 = new S3Client({ endpoint: ministack.url, forcePathStyle: true, ...ACCESS });
  const sqs = new SQSClient({ endpoint: ministack.url, ...ACCESS });
  const lines: string[] = [];
  const lambda = await startForward(env, state, ministack.url, { arthur, fiddler }, (line) => lines.push(line));
  try {
    const queues = await makeQueues(sqs);
    await makeBucket(s3, queues.arn);
    const files = await putAll(s3);
    await sqs.send(new SendMessageCommand({ QueueUrl: queues.url, MessageBody: UNREADABLE }));
    // The test event of the configuration, one message a version that was put, and the unreadable one.
    await waitForMessages(sqs, queues.url, 1 + files.length + 1);
    const batches = await drainQueue({
      client: sqs,
      queueUrl: queues.url,
      queueArn: queues.arn,
      invoke: (event) => lambda.invoke(event),
    });
    // Log lines may be late; at the end of the process all are there.
    await lambda.close();
    expectBatches(batches);
    assert.equal(await messagesIn(sqs, queues.deadLetterUrl), 1, 'the unreadable message alone is a dead letter');
    const ids = files.flatMap((file) => file.ids).sort();
    assert.deepEqual(idsOf(arthur, ARTHUR_CREDIT_RISK_ID), ids, 'Arthur holds every inference once');
    assert.deepEqual(idsOf(fiddler, FIDDLER_CREDIT_RISK_ID), ids, 'Fiddler holds every inference once');
    const captured = { delivered: ids.length, quarantined: 1, done: files.length - 1, gone: 1 };
    expectEquation(lines, { arthur: captured, fiddler: captured }, files);
  } finally {
    await lambda.close();
    for (const client of [s3, sqs]) client.destroy();
    await Promise.all([ministack.stop(), arthur.close(), fiddler.close()]);
    rmSync(state, { recursive: true, force: true });
  }
  return undefined;
}

/** On Lambda's Node where it is installed, with the variables of the two sample guides: two sinks behind one queue. */
async function startForward(
  env: string,
  state: string,
  s3Url: string,
  { arthur, fiddler }: { arthur: ArthurStandIn; fiddler: FiddlerStandIn },
  onLog: (line: string) => void,
): Promise<Lambda> {
  const node24 = join(env, 'node_modules/node24/bin/node');
  return startLambda({
    functionName: 'forward',
    handler: 'index.handler',
    taskRoot: await forwardBundle(join(state, 'bundle')),
    memoryMb: 256,
    timeoutMs: 60_000,
    ...(existsSync(node24) ? { nodePath: node24 } : {}),
    env: {
      AWS_ENDPOINT_URL_S3: s3Url,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      ARTHUR_HOST: arthur.url,
      ARTHUR_MODEL_ID: ARTHUR_CREDIT_RISK_ID,
      ARTHUR_ACCESS_TOKEN: arthur.token,
      FIDDLER_URL: fiddler.url,
      FIDDLER_TOKEN: fiddler.token,
      FIDDLER_MODEL_UUID: FIDDLER_CREDIT_RISK_ID,
      FIDDLER_MODEL_COLUMNS: 'age,workclass,income,hours',
      FIDDLER_MODEL_OUTPUT_COLUMN: 'score',
      FIDDLER_TIMESTAMP_COLUMN: 'event_time',
    },
    onLog,
  });
}

async function makeQueues(sqs: SQSClient): Promise<{ url: string; arn: string; deadLetterUrl: string }> {
  const make = async (QueueName: string, Attributes: Record<string, string>) => {
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
    const { Attributes: made = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    return { url: QueueUrl, arn: made.QueueArn ?? '' };
  };
  const deadLetters = await make('captures-dlq', {});
  const queue = await make('captures', {
    VisibilityTimeout: '360',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: MAX_RECEIVES }),
  });
  return { ...queue, deadLetterUrl: deadLetters.url };
}

async function makeBucket(s3: S3Client, queueArn: string): Promise<void> {
  const Bucket = BUCKET;
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  const rules = [
    { Name: 'prefix' as const, Value: PREFIX },
    { Name: 'suffix' as const, Value: SUFFIX },
  ];
  const forward = {
    QueueArn: queueArn,
    Events: ['s3:ObjectCreated:*' as const],
    Filter: { Key: { FilterRules: rules } },
  };
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: { QueueConfigurations: [forward] },
    }),
  );
}

/** Every version that is notified of, in any order; the one deleted for good is among them without ids. */
async function putAll(s3: S3Client): Promise<CapturedFile[]> {
  const put = ({ key, text }: Pick<CapturedFile, 'key' | 'text'>) =>
    s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: text }));
  const marked = fileOfCalls('marked', 'marked', 2);
  const purged = fileOfCalls('purged', 'purged', 2);
  const others = [
    ...oddlyNamedFiles(),
    fileWithTornLine(),
    fileOfCalls('overwritten + twice', 'older', 3),
    fileOfCalls('overwritten + twice', 'newer', 2),
    marked,
  ];
  for (const file of others) await put(file);
  const { VersionId } = await put(purged);
  await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: marked.key }));
  await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: purged.key, VersionId }));
  const { text } = fileOfCalls('filtered', 'filtered', 1);
  await put({ key: captureKey('filtered').replace(PREFIX, 'elsewhere/'), text });
  await put({ key: captureKey('filtered').replace(SUFFIX, '.out'), text });
  return [...others, { ...purged, ids: [] }];
}

async function waitForMessages(sqs: SQSClient, queueUrl: string, expected: number): Promise<void> {
  const giveUpAtMs = Date.now() + NOTIFIED_WITHIN_MS;
  while ((await messagesIn(sqs, queueUrl)) < expected && Date.now() < giveUpAtMs) await sleep(50);
  assert.equal(await messagesIn(sqs, queueUrl), expected, 'messages in the queue before the first invocation');
}

/** The test event is acknowledged, and a message nobody can read fails alone. */
function expectBatches(batches: readonly InvokedBatch[]): void {
  assert.deepEqual([...new Set(batches.map(({ result }) => result.kind))], ['ok']);
  assert.ok(
    batches.some(({ bodies }) => bodies.length > 1),
    'several messages came in one invocation',
  );
  const failed = batches.flatMap((batch) => batch.failed);
  assert.deepEqual(
    failed,
    Array.from({ length: MAX_RECEIVES }, () => UNREADABLE),
  );
  const tests = batches.flatMap(({ bodies }) => bodies.filter((body) => body.includes('s3:TestEvent')));
  assert.equal(tests.length, 1, 'one test event for the configuration');
}

const idsOf = (partner: ArthurStandIn | FiddlerStandIn, modelId: string): string[] =>
  partner
    .stored(modelId)
    .map(({ id }) => id)
    .sort();
