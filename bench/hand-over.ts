import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { readEntry } from '../src/ledger/entry';
import { startEventSourceMapping } from '../src/local/lambda/event-source-mapping';
import { startLambda } from '../src/local/lambda/lambda';
import { startArthur } from '../src/local/partners/arthur';
import { ARTHUR_OPEN_ID, demoArthurModels } from '../src/local/partners/demo-models';
import { startS3Server } from '../src/local/s3/server';
import { startSqsServer } from '../src/local/sqs/server';
import { s3Store } from '../src/store/s3-store';
import { putCaptures } from './put-captures';

/**
 * One capture file that a run has not time enough for: the same file with a short timeout and with Lambda's longest, so
 * that the difference is what its hand-overs cost. `npx tsx bench/hand-over.ts [MB] [timeout s]`; default 1024 60.
 */
const [sizeMb = 1024, timeoutS = 60] = process.argv.slice(2).map(Number);
const LONGEST_S = 900;
const REGION = 'us-east-1';
const CREDENTIALS = { accessKeyId: 'k', secretAccessKey: 's' };

interface Measured {
  readonly busyMs: number;
  readonly invocations: number;
}

async function deliver(bundle: string, folder: string, timeoutMs: number): Promise<Measured> {
  const [s3, sqs, arthur] = await Promise.all([
    startS3Server({ directory: join(folder, `s3-${timeoutMs}`) }),
    startSqsServer({ region: REGION }),
    startArthur({ token: 't', models: demoArthurModels() }),
  ]);
  arthur.keep = 'counts';
  s3.createBucket('captures');
  s3.createBucket('state');
  const queue = sqs.createQueue('arthur', { visibilityTimeoutSeconds: 6 * LONGEST_S });
  s3.setNotification('captures', [
    {
      id: 'all',
      events: ['s3:ObjectCreated:*'],
      deliver: (record) => void queue.send(JSON.stringify({ Records: [record] })),
    },
  ]);
  const lambda = await startLambda({
    functionName: 'forward',
    handler: 'index.handler',
    taskRoot: bundle,
    memoryMb: 512,
    timeoutMs,
    env: {
      AWS_ENDPOINT_URL_S3: s3.url,
      AWS_ENDPOINT_URL_SQS: sqs.url,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_REGION: REGION,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      CAPTURE_RELAY_STATE_BUCKET: 'state',
      CAPTURE_RELAY_SINK_QUEUES: JSON.stringify({ arthur: queue.arn }),
      ARTHUR_HOST: arthur.url,
      ARTHUR_MODEL_ID: ARTHUR_OPEN_ID,
      ARTHUR_ACCESS_TOKEN: 't',
    },
  });
  const client = new S3Client({ endpoint: s3.url, region: REGION, credentials: CREDENTIALS });
  let busyMs = 0;
  let invocations = 0;
  let startedMs = performance.now();
  const mapping = startEventSourceMapping({
    queue,
    lambda: {
      invoke: async (event) => {
        startedMs = performance.now();
        const result = await lambda.invoke(event);
        busyMs += performance.now() - startedMs;
        invocations += 1;
        if (result.kind !== 'ok') console.log(`invocation ${invocations} ended as ${result.kind}`);
        return result;
      },
    },
    batchSize: 10,
  });
  const lines = await putCaptures(client, sizeMb);
  await mapping.idle();
  const { rows } = arthur.tally(ARTHUR_OPEN_ID);
  const entry = await onlyEntry(client);
  console.log(
    `${sizeMb} MB, timeout ${timeoutMs / 1000} s: ${entry.state}, ${rows} rows at the partner of ${lines} captured, ${invocations} invocations, ${(busyMs / 1000).toFixed(1)} s busy`,
  );
  if (entry.state !== 'done' || rows !== lines || entry.delivered !== lines) process.exitCode = 1;
  await mapping.stop();
  await lambda.close();
  client.destroy();
  await Promise.all([s3.close(), sqs.close(), arthur.close()]);
  return { busyMs, invocations };
}

async function onlyEntry(client: S3Client): Promise<{ state: string; delivered: number }> {
  const store = s3Store(client, 'state');
  const { entries } = await store.list('ledger/v1/');
  const key = entries[0]?.key ?? '';
  const stored = await store.get(key);
  const entry = stored === null ? null : readEntry(stored.body, key);
  return { state: entry?.state ?? 'no entry', delivered: entry?.counts.delivered ?? 0 };
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hand-over-'));
  const bundle = join(folder, 'bundle');
  execFileSync(process.execPath, ['scripts/bundle.mjs', bundle]);
  console.log(`Node ${process.version}`);
  const many = await deliver(bundle, folder, timeoutS * 1000);
  const one = await deliver(bundle, folder, LONGEST_S * 1000);
  const share = (100 * (many.busyMs - one.busyMs)) / one.busyMs;
  console.log(`${many.invocations - one.invocations} hand-overs cost ${share.toFixed(1)} % of the work`);
  rmSync(folder, { recursive: true, force: true });
}

void main();
