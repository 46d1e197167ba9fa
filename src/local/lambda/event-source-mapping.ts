import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSEvent } from 'aws-lambda';
import { messageOf } from '../../core/errors';
import type { ReceivedMessage } from '../sqs/message';
import type { Queue } from '../sqs/queue';
import { failedMessageIds } from './batch-item-failures';
import type { InvokeResult } from './invoke-result';
import { sqsEvent } from './sqs-event';

/**
 * What AWS runs between a queue and a function: takes messages in batches, invokes, deletes what succeeded and leaves
 * what failed to the queue's visibility timeout.
 */
export interface EventSourceMapping {
  /** Takes no more messages; settles when the running invocations are done. */
  stop(): Promise<void>;
  /** Resolves when the queue holds no message: visible, in flight or delayed. Rejects when stopped before. */
  idle(): Promise<void>;
}

export interface EventSourceMappingOptions {
  readonly queue: Queue;
  /** A `Lambda`, or anything that takes the event. */
  readonly lambda: { invoke(event: SQSEvent): Promise<InvokeResult> };
  /** Messages of one invocation, 1 to 10; default 10. */
  readonly batchSize?: number;
  /** Invocations at a time; default 1. */
  readonly maxConcurrency?: number;
  /** Default: a failed message comes back when its visibility timeout is over, as on AWS. Set to have it back sooner. */
  readonly retryDelayMs?: number;
  /** Told of every invocation. */
  readonly onInvoked?: (result: InvokeResult, messages: readonly ReceivedMessage[]) => void;
}

/** The longest SQS lets a receive wait. */
const RECEIVE_WAIT_MS = 20_000;

/** How often `idle` looks. */
const IDLE_POLL_MS = 10;

/** Starts taking messages at once. */
export function startEventSourceMapping(options: EventSourceMappingOptions): EventSourceMapping {
  const stopping = new AbortController();
  const pollers = Array.from({ length: options.maxConcurrency ?? 1 }, () => poll(options, stopping.signal));
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(pollers);
    },
    idle: async () => {
      while (!isEmpty(options.queue)) {
        if (stopping.signal.aborted) throw new Error(`stopped while ${options.queue.name} still held messages`);
        await sleep(IDLE_POLL_MS);
      }
    },
  };
}

async function poll(options: EventSourceMappingOptions, signal: AbortSignal): Promise<void> {
  const { queue, batchSize = 10 } = options;
  while (!signal.aborted) {
    const messages = await queue.receive(batchSize, { waitMs: RECEIVE_WAIT_MS, signal });
    if (messages.length > 0) await runBatch(options, messages);
    // The queue of a closed server answers at once with nothing: without a pause this would spin.
    else await sleep(IDLE_POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function runBatch(options: EventSourceMappingOptions, messages: readonly ReceivedMessage[]): Promise<void> {
  const { queue, lambda, retryDelayMs, onInvoked } = options;
  const result = await lambda.invoke(sqsEvent(messages, queue.arn)).catch(
    // The function was closed before the mapping: the messages stay, like those of a throttled invocation.
    (error: unknown): InvokeResult => ({ kind: 'error', errorType: 'Closed', errorMessage: messageOf(error) }),
  );
  const failed = failedMessageIds(result, new Set(messages.map(({ messageId }) => messageId)));
  for (const { messageId, receiptHandle } of messages) {
    if (!failed.has(messageId)) queue.delete(receiptHandle);
    else if (retryDelayMs !== undefined) queue.changeVisibility(receiptHandle, retryDelayMs / 1000);
  }
  onInvoked?.(result, messages);
}

function isEmpty(queue: Queue): boolean {
  const { visible, inFlight, delayed } = queue.counts();
  return visible + inFlight + delayed === 0;
}
