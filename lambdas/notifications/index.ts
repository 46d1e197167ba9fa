import { setTimeout as wait } from 'node:timers/promises';
import {
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  type NotificationConfiguration as SdkConfiguration,
  S3Client,
} from '@aws-sdk/client-s3';
import { applyRules, type NotificationsPort } from '../../lib/notifications/apply';
import { physicalIdOf, readResourceEvent, type ResourceEvent } from '../../lib/notifications/resource-event';
import { stdoutLog } from '../../src/aws/log';
import { messageOf } from '../../src/core/errors';
import { otherRegionReason } from './bucket-region';
import { respond } from './respond';

/** The custom resource that brings a stack's rules onto a bucket which may have rules of others. Wiring only. */
// Another S3 than AWS's knows its buckets by path, not by host name.
const isOtherS3 = (process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL) !== undefined;
const s3 = new S3Client({ maxAttempts: 5, forcePathStyle: isOtherS3 });

/** What answering takes, with its attempts. */
const ANSWER_MS = 20_000;

type Outcome = Pick<Parameters<typeof respond>[1], 'status' | 'reason'>;

/** Always answers: CloudFormation would wait an hour for an answer that does not come, and then for a deletion's. */
export async function handler(event: ResourceEvent, context: { getRemainingTimeInMillis(): number }): Promise<void> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Outcome>((resolve) => {
    const reason = "the function's time is over; S3 did not answer, or refused a destination for too long";
    const delayMs = Math.max(1, context.getRemainingTimeInMillis() - ANSWER_MS);
    timer = setTimeout(() => resolve({ status: 'FAILED', reason }), delayMs);
  });
  const outcome = await Promise.race([outcomeOf(event, abort.signal), late]);
  clearTimeout(timer);
  // What is still open must not write an old configuration when a frozen process thaws.
  abort.abort();
  await respond(event, { ...outcome, physicalResourceId: physicalId(event) });
}

/** An event so broken that it has no id of ours was never applied; any id does for its answer. */
function physicalId(event: ResourceEvent): string {
  try {
    return physicalIdOf(event);
  } catch {
    return event.PhysicalResourceId ?? event.LogicalResourceId;
  }
}

async function outcomeOf(event: ResourceEvent, signal: AbortSignal): Promise<Outcome> {
  const about = { requestType: event.RequestType, logicalResourceId: event.LogicalResourceId };
  let bucket = '';
  try {
    const read = readResourceEvent(event);
    if (read.kind === 'request') bucket = read.bucket;
    if (read.kind === 'invalid') {
      // What could not be created needs no deletion, and a refused one would hold the stack for ever.
      const status = event.RequestType === 'Delete' ? 'SUCCESS' : 'FAILED';
      return { status, reason: `the resource's properties are wrong: ${read.reason}` };
    }
    const applied = await applyRules(portOf(read.bucket, signal), read.request);
    if (applied.kind === 'refused') {
      stdoutLog('error', 'notification rules refused', { ...about, bucket: read.bucket, reason: applied.reason });
      return { status: 'FAILED', reason: `bucket ${read.bucket}: ${applied.reason}` };
    }
    const { isChanged, meanwhile } = applied;
    stdoutLog('info', 'notification rules applied', { ...about, bucket: read.bucket, isChanged, meanwhile });
    return { status: 'SUCCESS', reason: isChanged ? 'the rules were written' : 'the rules were as they should be' };
  } catch (error) {
    const otherRegion = otherRegionReason(error, bucket, process.env.AWS_REGION ?? 'its own region');
    const reason = otherRegion ?? messageOf(error);
    stdoutLog('error', 'notification rules failed', { ...about, reason });
    // No rule was ever written there, and a deletion that fails would hold the stack whose creation failed for it.
    return { status: otherRegion !== null && event.RequestType === 'Delete' ? 'SUCCESS' : 'FAILED', reason };
  }
}

function portOf(bucket: string, abortSignal: AbortSignal): NotificationsPort {
  return {
    get: () => s3.send(new GetBucketNotificationConfigurationCommand({ Bucket: bucket }), { abortSignal }),
    put: async (configuration, { skipDestinationValidation }) => {
      const command = new PutBucketNotificationConfigurationCommand({
        Bucket: bucket,
        // Event types are texts here: S3 has more of them than the client knows.
        NotificationConfiguration: configuration as SdkConfiguration,
        SkipDestinationValidation: skipDestinationValidation,
      });
      await s3.send(command, { abortSignal });
    },
    wait: (delayMs) => wait(delayMs, undefined, { signal: abortSignal }),
  };
}
