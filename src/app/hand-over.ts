import type { Message } from '../aws/notifications';
import type { WorkQueue } from '../aws/work-queue';
import { fileName } from '../core/capture-key';
import { messageOf } from '../core/errors';
import { growingDelaySeconds } from '../pressure/growing-delay';
import type { Done, FileWork } from './file-work';
import type { ForwardContext } from './forward-context';
import type { RelayState } from './relay-state';

/**
 * A file that has to come again goes on in a fresh message, and the old one is acknowledged: so receives count crashes
 * alone, retention begins anew, and an outage of hours fills no dead-letter queue. Returns why the old message must
 * come again instead; null when it need not.
 */
export async function handOver(
  message: Message,
  { created, sink, waits, firstSeenMs }: Pick<FileWork, 'created' | 'sink' | 'waits' | 'firstSeenMs'>,
  end: Exclude<Done['end'], { kind: 'final' }>,
  context: ForwardContext,
): Promise<string | null> {
  if (end.kind === 'failed') return end.reason;
  const { clock, log } = context;
  const { code, reason, waitMs } = end.later;
  const failure = `${fileName(created.file)} → ${sink.name}: ${reason}`;
  const to = freshQueue(message, context);
  if (to === null) return failure;
  const waited = end.hasProgress ? 0 : waits;
  const delaySeconds = delayOf(code, waited, waitMs, clock.random);
  const { file, ...object } = created;
  const place = { sink: sink.name, bucket: file.bucket, key: file.key, versionId: file.versionId };
  try {
    await to.queue.send(
      to.arn,
      {
        file,
        ...object,
        sinks: [sink.name],
        firstSeenMs: firstSeenMs ?? to.state.store.nowMs(),
        waits: end.hasProgress ? 0 : waits + (GROWS.has(code) ? 1 : 0),
        isOnRecord: end.isOnRecord,
      },
      delaySeconds,
    );
    log('info', 'handed over: the file goes on in a fresh message', { ...place, code, delaySeconds });
    return null;
  } catch (error) {
    log('error', `the file could not be handed over: ${messageOf(error)}`, { ...place, code: 'HAND_OVER_FAILED' });
    return failure;
  }
}

/** Where the fresh message goes; null: what cannot be done now has to be brought again by whoever invoked this. */
export function freshQueue({ sourceArn }: Message, { state, queue }: ForwardContext): FreshQueue | null {
  return state === null || queue === null || sourceArn === null ? null : { arn: sourceArn, queue, state };
}

interface FreshQueue {
  readonly arn: string;
  readonly queue: WorkQueue;
  readonly state: RelayState;
}

/** Waits that say nothing of how long the trouble will last, and so do not grow. */
const STEADY: ReadonlySet<string> = new Set(['FILE_BUSY', 'RUNS_ALONE', 'SINK_RATE_LIMIT']);
const GROWS = { has: (code: string): boolean => !STEADY.has(code) };

const MAX_TURN_SECONDS = 60;

function delayOf(code: string, waits: number, waitMs: number | null, random: () => number): number {
  // Once at once: a file that never got its turn would otherwise spin.
  if (waitMs === 0 && waits === 0) return 0;
  // Nothing is wrong with a file that stood behind a large one.
  if (code === 'TIME_USED_UP') return Math.min(MAX_TURN_SECONDS, growingDelaySeconds(waits, null, random));
  if (STEADY.has(code)) return Math.min(900, Math.ceil((waitMs ?? 0) / 1_000));
  return growingDelaySeconds(waits, waitMs, random);
}
