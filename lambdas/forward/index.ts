import { S3Client } from '@aws-sdk/client-s3';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { systemClock } from '../../src/app/clock';
import { forward, type ForwardResult } from '../../src/app/forward';
import { loadConfig, loadSinkQueues } from '../../src/app/load-config';
import { OpenSinks } from '../../src/app/open-sinks';
import { stdoutLog } from '../../src/aws/log';
import { readInvocation } from '../../src/aws/notifications';
import { readS3Object } from '../../src/aws/s3-source';
import { secretReader } from '../../src/aws/secrets';
import { VERSION } from '../../src/version';

/** The forward Lambda: S3 notifications, however they come, to the sinks of one model. Wiring only. */
const config = loadConfig(process.env);
const sinkByQueue = loadSinkQueues(process.env, config);
const sinks = new OpenSinks(secretReader(process.env), VERSION);
// Another S3 than AWS's knows its buckets by path, not by host name.
const isOtherS3 = (process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL) !== undefined;
const s3 = new S3Client({ maxAttempts: 5, forcePathStyle: isOtherS3 });

stdoutLog('info', 'cold start', {
  version: VERSION,
  model: config.model,
  sinks: config.sinks.map((sink) => sink.name),
  weaker:
    'no state bucket: no ledger and no quarantine; a file that comes again is delivered again under the same ids, and rejections are log lines',
});

// Time to cut open requests, write the last log lines and answer before Lambda ends the process.
const MARGIN_MS = 3_000;

export async function handler(event: unknown, context: Context): Promise<SQSBatchResponse | DirectAnswer> {
  const messages = readInvocation(event);
  sinks.forgetFailures();
  const remainingMs = Math.max(0, context.getRemainingTimeInMillis() - MARGIN_MS);
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), remainingMs);
  try {
    const { failures, tally } = await forward(messages, {
      config,
      sinks,
      sinkByQueue,
      read: (created, signal) => readS3Object(s3, created, signal),
      clock: systemClock(remainingMs, abort.signal),
      signal: abort.signal,
      log: stdoutLog,
      emit: (line) => process.stdout.write(`${line}\n`),
    });
    if (messages.some((message) => message.messageId !== null)) return partialBatchResponse(failures);
    // S3, SNS and EventBridge would take a partial batch response for success: they need an error to try again.
    if (failures.length > 0)
      throw new Error(
        `${failures.length} of the deliveries failed:\n${failures.map((failure) => `- ${failure.reason}`).join('\n')}`,
      );
    return { statusCode: 200, body: { message: 'Successfully processed events', counts: tally } };
  } finally {
    clearTimeout(timer);
  }
}

/** For whoever invoked the function by hand; the shape the Fiddler guide's function answers with, without its payload. */
interface DirectAnswer {
  readonly statusCode: 200;
  readonly body: { readonly message: string; readonly counts: ForwardResult['tally'] };
}

function partialBatchResponse(failures: ForwardResult['failures']): SQSBatchResponse {
  const ids = new Set(failures.map((failure) => failure.messageId ?? ''));
  return { batchItemFailures: [...ids].map((itemIdentifier) => ({ itemIdentifier })) };
}
