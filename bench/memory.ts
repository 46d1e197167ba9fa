import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { putCaptures } from './put-captures';
import { startLambda } from '../src/local/lambda/lambda';
import { startArthur } from '../src/local/partners/arthur';
import { ARTHUR_OPEN_ID, demoArthurModels } from '../src/local/partners/demo-models';
import { startS3Server } from '../src/local/s3/server';

/**
 * Peak memory of the bundled handler over capture files of growing size, at 256 MB of Lambda memory.
 * `npx tsx bench/memory.ts [MB …]`; default 8 64 256 1024.
 */
const MEMORY_MB = 256;
const sizesMb = process.argv.slice(2).map(Number);

async function measure(sizeMb: number, bundle: string, state: string): Promise<void> {
  const s3 = await startS3Server({ directory: join(state, `s3-${sizeMb}`) });
  const arthur = await startArthur({ token: 't', models: demoArthurModels() });
  arthur.keep = 'counts';
  const client = new S3Client({
    endpoint: s3.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'k', secretAccessKey: 's' },
  });
  const records: object[] = [];
  s3.createBucket('captures');
  s3.setNotification('captures', [
    { id: 'all', events: ['s3:ObjectCreated:*'], deliver: (record) => void records.push(record) },
  ]);
  const lines = await putCaptures(client, sizeMb);
  const lambda = await startLambda({
    functionName: 'forward',
    handler: 'index.handler',
    taskRoot: bundle,
    memoryMb: MEMORY_MB,
    timeoutMs: 900_000,
    env: {
      AWS_ENDPOINT_URL_S3: s3.url,
      AWS_ACCESS_KEY_ID: 'k',
      AWS_SECRET_ACCESS_KEY: 's',
      ARTHUR_HOST: arthur.url,
      ARTHUR_MODEL_ID: ARTHUR_OPEN_ID,
      ARTHUR_ACCESS_TOKEN: 't',
    },
  });
  const startedMs = performance.now();
  const result = await lambda.invoke({ Records: records });
  const seconds = (performance.now() - startedMs) / 1000;
  const { rows } = arthur.tally(ARTHUR_OPEN_ID);
  console.log(
    `${String(sizeMb).padStart(6)} MB  ${result.kind}  ${rows} of ${lines} delivered  peak RSS ${Math.round(lambda.rssBytes() / 1e6)} MB  ${seconds.toFixed(1)} s`,
  );
  if (result.kind !== 'ok' || rows !== lines) process.exitCode = 1;
  await lambda.close();
  client.destroy();
  await Promise.all([s3.close(), arthur.close()]);
}

async function main(): Promise<void> {
  const state = mkdtempSync(join(tmpdir(), 'memory-'));
  const bundle = join(state, 'bundle');
  execFileSync(process.execPath, ['scripts/bundle.mjs', bundle]);
  console.log(`Node ${process.version}, Lambda memory ${MEMORY_MB} MB`);
  for (const sizeMb of sizesMb.length > 0 ? sizesMb : [8, 64, 256, 1024]) await measure(sizeMb, bundle, state);
  rmSync(state, { recursive: true, force: true });
}

void main();
