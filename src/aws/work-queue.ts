import type * as Sqs from '@aws-sdk/client-sqs';
import type { Clock } from '../core/deliver';
import { type WorkMessage, writeWorkMessage } from './work-message';

/** Sends files back to a queue. Throws when the queue does not take them: the old message must then stay. */
export interface WorkQueue {
  readonly send: (queueArn: string, message: WorkMessage, delaySeconds: number) => Promise<void>;
}

/** The most SQS lets a message wait before it is seen first. */
export const MAX_DELAY_SECONDS = 900;

const NO_END = { nowMs: () => 0, deadlineMs: Number.POSITIVE_INFINITY };

/** SQS answers in some 20 ms; what it has not taken by then comes again by its old message. */
const SEND_TIMEOUT_MS = 5_000;

/** The client is loaded with the first message: most invocations never need it. */
export function sqsWorkQueue(until: Pick<Clock, 'nowMs' | 'deadlineMs'> = NO_END): WorkQueue {
  const limit = () => ({
    // Whole milliseconds, or it throws.
    abortSignal: AbortSignal.timeout(
      Math.floor(Math.max(0, Math.min(SEND_TIMEOUT_MS, until.deadlineMs - until.nowMs()))),
    ),
  });
  let opened: Promise<{ sdk: typeof Sqs; client: Sqs.SQSClient }> | null = null;
  const urls = new Map<string, string>();
  return {
    send: async (queueArn, message, delaySeconds) => {
      opened ??= import('@aws-sdk/client-sqs').then((sdk) => ({
        sdk,
        client: new sdk.SQSClient({ maxAttempts: 3, region: queueArn.split(':')[3] ?? '' }),
      }));
      const { sdk, client } = await opened;
      let url = urls.get(queueArn);
      if (url === undefined) {
        const [, , , , QueueOwnerAWSAccountId, QueueName] = queueArn.split(':');
        const found = await client.send(new sdk.GetQueueUrlCommand({ QueueName, QueueOwnerAWSAccountId }), limit());
        url = found.QueueUrl ?? '';
        urls.set(queueArn, url);
      }
      const DelaySeconds = Math.min(MAX_DELAY_SECONDS, Math.max(0, Math.ceil(delaySeconds)));
      await client.send(
        new sdk.SendMessageCommand({ QueueUrl: url, MessageBody: writeWorkMessage(message), DelaySeconds }),
        limit(),
      );
    },
  };
}
