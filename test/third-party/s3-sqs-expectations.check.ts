import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { startS3Server } from '../../src/local/s3/server';
import { startSqsServer } from '../../src/local/sqs/server';
import { BUCKET, type Expectation, PLAIN_BUCKET, type Side } from './expectations/expectation';
import { KNOWN_DIFFERENCES } from './expectations/known-differences';
import { s3KeysAndEvents } from './expectations/s3-keys-and-events';
import { s3Reads } from './expectations/s3-reads';
import { s3Writes } from './expectations/s3-writes';
import { sqsMessages } from './expectations/sqs-messages';
import { startMinistack } from './ministack/server';
import { pythonEnvironment } from './python-environment';

/** What the integration tests expect of S3 and SQS, asked of the embedded servers and of MiniStack alike. */
export const name = 'the embedded S3 and SQS do what MiniStack does';

type SideName = 'embedded' | 'MiniStack';

/** These share nothing, so they run at the same time: most of them wait. */
const INDEPENDENT = sqsMessages;
const ONE_AFTER_ANOTHER = [...s3Writes, ...s3Reads, ...s3KeysAndEvents];

export async function run({ env }: { env: string }): Promise<{ skipped: string } | undefined> {
  const found = pythonEnvironment(env, { name: 'ministack', minors: [10, 14] });
  if ('skipped' in found) return found;
  const names = [...INDEPENDENT, ...ONE_AFTER_ANOTHER].map((each) => each.name);
  assert.equal(new Set(names).size, names.length, 'every expectation has a name of its own');
  assert.deepEqual(
    Object.keys(KNOWN_DIFFERENCES).filter((known) => !names.includes(known)),
    [],
    'known differences of expectations that are no longer there',
  );
  const problems = [
    ...(await onEmbedded((side) => problemsOf('embedded', side))),
    ...(await onMinistack(found.python, (side) => problemsOf('MiniStack', side))),
  ];
  assert.deepEqual(problems, []);
  return undefined;
}

async function problemsOf(sideName: SideName, side: Side): Promise<string[]> {
  await makeBuckets(side);
  const problems = await Promise.all(INDEPENDENT.map((each, at) => problemOf(sideName, side, each, `own-m${at}`)));
  for (const [at, each] of ONE_AFTER_ANOTHER.entries())
    problems.push(await problemOf(sideName, side, each, `own-o${at}`));
  return problems.filter((problem) => problem !== null);
}

async function problemOf(sideName: SideName, side: Side, each: Expectation, own: string): Promise<string | null> {
  const observed = await each.observe(side, own).catch((error: unknown) => `threw ${String(error)}`);
  const known = KNOWN_DIFFERENCES[each.name];
  const isKnown = known?.side === sideName;
  const isMet = isDeepStrictEqual(observed, each.expected);
  if (isMet && isKnown) return `${sideName}: "${each.name}" is met now; its known difference is out of date`;
  if (isMet || (isKnown && isDeepStrictEqual(observed, known.observed))) return null;
  return `${sideName}: ${each.name}: expected ${JSON.stringify(each.expected)}, observed ${JSON.stringify(observed)}`;
}

async function makeBuckets({ s3 }: Side): Promise<void> {
  for (const Bucket of [BUCKET, PLAIN_BUCKET]) await s3.send(new CreateBucketCommand({ Bucket }));
  const VersioningConfiguration = { Status: 'Enabled' as const };
  await s3.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration }));
}

async function onEmbedded<T>(use: (side: Side) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'embedded-'));
  const sqs = await startSqsServer();
  const s3 = await startS3Server({
    directory,
    deliverTo: (arn, message) => {
      const queue = sqs.queue(arn.split(':').at(-1) ?? '');
      if (queue === undefined) throw new Error(`no queue ${arn}`);
      queue.send(JSON.stringify(message));
    },
  });
  try {
    return await withClients(s3.url, sqs.url, use);
  } finally {
    await Promise.all([s3.close(), sqs.close()]);
    rmSync(directory, { recursive: true, force: true });
  }
}

async function onMinistack<T>(python: string, use: (side: Side) => Promise<T>): Promise<T> {
  const ministack = await startMinistack(python);
  try {
    return await withClients(ministack.url, ministack.url, use);
  } finally {
    await ministack.stop();
  }
}

/** Each command is tried once, so that the first answer is the one that is seen. */
async function withClients<T>(s3Url: string, sqsUrl: string, use: (side: Side) => Promise<T>): Promise<T> {
  const common = {
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
  };
  const s3 = new S3Client({ ...common, endpoint: s3Url, forcePathStyle: true });
  const sqs = new SQSClient({ ...common, endpoint: sqsUrl });
  try {
    return await use({ s3, sqs });
  } finally {
    s3.destroy();
    sqs.destroy();
  }
}
