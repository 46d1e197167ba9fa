import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import { checkStateBucket, loadConfig, loadSinkQueues } from '../../src/app/load-config';
import { stdoutLog } from '../../src/aws/log';
import { sqsWorkQueue } from '../../src/aws/work-queue';
import { s3Store } from '../../src/store/s3-store';
import { allOf } from '../../src/sweep/all-of';
import { CaptureTree } from '../../src/sweep/capture-tree';
import { s3Folders } from '../../src/sweep/s3-folders';
import { sweep } from '../../src/sweep/sweep';
import { SWEEP_LINES, type SweepResult } from '../../src/sweep/sweep-options';
import { sweepSettings } from '../../src/sweep/sweep-settings';

/** The sweep Lambda, once an hour: captures that the ledger does not have go to the queue again. Wiring only. */
const config = loadConfig(process.env);
const { captures, queues, stateBucket } = sweepSettings(
  process.env,
  config,
  checkStateBucket(process.env, config),
  loadSinkQueues(process.env, config),
);
// Another S3 than AWS's knows its buckets by path, not by host name.
const isOtherS3 = (process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL) !== undefined;
const s3 = new S3Client({ maxAttempts: 5, forcePathStyle: isOtherS3 });
const store = s3Store(s3, stateBucket);
const queue = sqsWorkQueue();

/** Two requests that time out, and the last log lines. */
const MARGIN_MS = 25_000;

export async function handler(_event: unknown, context: Context): Promise<SweepResult> {
  const startedMs = performance.now();
  const leftMs = context.getRemainingTimeInMillis();
  const trees = captures.map(({ bucket, prefix }) => {
    const folders = s3Folders(s3, bucket, (key) => key.endsWith('.jsonl'));
    return new CaptureTree(folders, prefix, (limit) => stdoutLog('error', SWEEP_LINES.strays, { limit }));
  });
  const result = await sweep({
    store,
    model: config.model,
    sinks: [...queues.keys()],
    captures,
    listing: allOf(trees),
    send: (sink, message) => queue.send(queues.get(sink) ?? '', message, 0),
    log: stdoutLog,
    emit: (line) => process.stdout.write(`${line}\n`),
    isLate: () => performance.now() - startedMs >= Math.max(leftMs / 2, leftMs - MARGIN_MS),
  });
  // An error, so that whoever invoked it tries again, and the function's own alarm speaks.
  if (result.stop !== null) throw new Error(`${result.stop.code}: ${result.stop.reason}`);
  return result;
}
