import type {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { StoreClock } from './store-clock';

export interface RequestLimits {
  /** Ends what is open, and lets nothing begin. */
  readonly signal?: AbortSignal | undefined;
  /** For one request with its repeats by the client, and the whole body of its answer. */
  readonly timeoutMs: number;
  /** Of the run that asks: no request lasts longer, or the process would be ended under it. */
  readonly until?: { readonly nowMs: () => number; readonly deadlineMs: number } | undefined;
}

/**
 * Runs `work` with a signal that aborts it, and rejects at the latest after the time limit, whether `work` heeds the
 * signal or not: the client's waits between its own attempts do not.
 */
export async function withinTime<T>(
  { signal: outer, timeoutMs: mostMs, until }: RequestLimits,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const leftMs = until === undefined ? mostMs : until.deadlineMs - until.nowMs();
  const timeoutMs = Math.round(Math.max(0, Math.min(mostMs, leftMs)));
  // Not AbortSignal.any: in Node 20 what it makes lives as long as the outer signal, one for each request.
  const limit = new AbortController();
  const stop = (): void => limit.abort(new Error('the run was stopped'));
  const timer = setTimeout(() => limit.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  outer?.addEventListener('abort', stop, { once: true });
  if (outer?.aborted === true) stop();
  const { signal } = limit;
  const aborted = new Promise<never>((_resolve, reject) => {
    const fail = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', fail, { once: true });
    if (signal.aborted) fail();
  });
  try {
    return await Promise.race([aborted, signal.aborted ? aborted : work(signal)]);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', stop);
  }
}

type Sent = GetObjectCommand | PutObjectCommand | ListObjectsV2Command | DeleteObjectCommand;

/**
 * Tells the clock the `Date` of every answer to this command, refusals included, and gives the last one told: null
 * before any. It listens on the command alone; the client, which is the caller's, stays as it is.
 */
export function hearDates(command: Sent, clock: StoreClock): () => number | null {
  let lastMs: number | null = null;
  const stack = command.middlewareStack as Pick<S3Client['middlewareStack'], 'add'>;
  stack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const dateMs = Date.parse(dateOf(answer.response) ?? '');
      if (Number.isFinite(dateMs)) lastMs = dateMs;
      clock.heard(dateMs);
      return answer;
    },
    // Low: nearer to the wire than the deserializer, which throws for refusals.
    { step: 'deserialize', priority: 'low', name: 'hearDates' },
  );
  return () => lastMs;
}

function dateOf(response: unknown): string | undefined {
  return (response as { readonly headers?: Readonly<Record<string, string>> } | undefined)?.headers?.['date'];
}
