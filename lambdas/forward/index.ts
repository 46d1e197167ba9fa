import { S3Client } from '@aws-sdk/client-s3';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { systemClock } from '../../src/app/clock';
import { forward, type ForwardResult } from '../../src/app/forward';
import { invocationTimes, LastingClock } from '../../src/app/invocation-clock';
import { checkStateBucket, loadConfig, loadSinkQueues } from '../../src/app/load-config';
import { OpenSinks } from '../../src/app/open-sinks';
import { relayState } from '../../src/app/open-state';
import { stdoutLog } from '../../src/aws/log';
import { readInvocation } from '../../src/aws/notifications';
import { readS3Object, readS3Range } from '../../src/aws/s3-source';
import { secretReader } from '../../src/aws/secrets';
import { sqsWorkQueue } from '../../src/aws/work-queue';
import { s3Store } from '../../src/store/s3-store';
import { VERSION } from '../../src/version';
import { noteStart } from './note-start';

/** The forward Lambda: S3 notifications, however they come, to the sinks of one model. Wiring only. */
const config = loadConfig(process.env);
const stateBucket = checkStateBucket(process.env, config);
const sinkByQueue = loadSinkQueues(process.env, config);
const sinks = new OpenSinks(secretReader(process.env), VERSION);
// Another S3 than AWS's knows its buckets by path, not by host name.
const isOtherS3 = (process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL) !== undefined;
const s3 = new S3Client({ maxAttempts: 5, forcePathStyle: isOtherS3 });
const stateClock = new LastingClock();
// Fewer attempts: whoever writes state tries again by itself, and knows when to give up.
const stateS3 = new S3Client({ maxAttempts: 2, forcePathStyle: isOtherS3 });
const store = stateBucket === null ? null : s3Store(stateS3, stateBucket, '', { until: stateClock });
const state = store === null ? null : relayState(store, config, stateClock);
const queue = sqsWorkQueue(stateClock);

const WEAKER =
  'no state bucket: no ledger and no quarantine; a file that comes again is delivered again under the same ids, and rejections are log lines';

stdoutLog('info', 'cold start', {
  version: VERSION,
  model: config.model,
  sinks: config.sinks.map((sink) => sink.name),
  ...(stateBucket === null ? { weaker: WEAKER } : { stateBucket }),
});

export async function handler(event: unknown, context: Context): Promise<SQSBatchResponse | DirectAnswer> {
  const messages = readInvocation(event);
  sinks.forgetFailures();
  const times = invocationTimes(performance.now(), context.getRemainingTimeInMillis());
  const sendForMs = times.sendUntilMs - performance.now();
  stateClock.deadlineMs = times.writeUntilMs;
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), sendForMs);
  try {
    const starting = noteStart(store, config, stdoutLog);
    const { failures, tally } = await forward(messages, {
      config,
      sinks,
      sinkByQueue,
      read: (created, signal, fromByte) => readS3Object(s3, created, signal, fromByte),
      readRange: (created, byteOffset, byteLength) => readS3Range(s3, created, byteOffset, byteLength),
      clock: systemClock(sendForMs, abort.signal),
      readUntilMs: times.readUntilMs,
      endMs: times.endMs,
      signal: abort.signal,
      log: stdoutLog,
      emit: (line) => process.stdout.write(`${line}\n`),
      state,
      queue,
    });
    await starting;
    if (messages.some((message) => message.messageId !== null)) return partialBatchResponse(failures);
    // S3, SNS and EventBridge would take a partial batch response for success: they need an error to try again.
    if (failures.length > 0)
      throw new Error(
        `${failures.length} of the deliveries failed:\n${failures.map((failure) => `- ${failure.reason}`).join('\n')}`,
      );
    return { statusCode: 200, body: { message: 'Successfully processed events', counts: tally } };
  } finally {
    clearTimeout(timer);
    // What is still open must not go on when a frozen process thaws.
    abort.abort();
  }
}

/** For whoever invoked the function by hand; the shape the Fiddler guide's function answers with, without its payload. */
type DirectAnswer = { statusCode: 200; body: { message: string; counts: ForwardResult['tally'] } };

function partialBatchResponse(failures: ForwardResult['failures']): SQSBatchResponse {
  const ids = new Set(failures.map((failure) => failure.messageId ?? ''));
  return { batchItemFailures: [...ids].map((itemIdentifier) => ({ itemIdentifier })) };
}
