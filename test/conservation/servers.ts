import { join } from 'node:path';
import { type ArthurStandIn, startArthur } from '../../src/local/partners/arthur';
import { type FiddlerStandIn, startFiddler } from '../../src/local/partners/fiddler';
import { type S3Server, startS3Server } from '../../src/local/s3/server';
import type { Queue } from '../../src/local/sqs/queue';
import { type SqsServer, startSqsServer } from '../../src/local/sqs/server';
import type { WorldClock } from './clock';
import { arthurModel, fiddlerModel, modelId, type SinkSetup } from './models';
import { type Traffic } from './traffic';
import { CAPTURES, STATE_BUCKET } from './names';

/** Everything the function talks to, on loopback and on the world's clock. */
export interface Servers {
  readonly s3: S3Server;
  readonly sqs: SqsServer;
  readonly arthur: ArthurStandIn;
  readonly fiddler: FiddlerStandIn;
  /** One for each sink, in their order. */
  readonly queues: readonly Queue[];
  readonly deadLetters: readonly Queue[];
}

export interface ServerOptions {
  readonly sinks: readonly SinkSetup[];
  readonly versioned: boolean;
  readonly timeoutMs: number;
  readonly s3AheadMs: number;
}

export const TOKEN = 'the-partners-token';

/** AWS advises six times the function's time limit. */
const VISIBILITY_FACTOR = 6;
export const MAX_RECEIVES = 5;

export async function startServers(
  options: ServerOptions,
  folder: string,
  clock: WorldClock,
  traffic: Traffic,
): Promise<Servers> {
  const now = (): Date => new Date(clock.nowMs() + options.s3AheadMs);
  const started: { arthur?: ArthurStandIn; fiddler?: FiddlerStandIn } = {};
  const [s3, sqs, arthur, fiddler] = await Promise.all([
    startS3Server({ directory: join(folder, 's3'), now, onRequest: traffic.hook('s3') }),
    startSqsServer({ now: clock.nowMs, onRequest: traffic.hook('queue') }),
    startArthur({
      token: TOKEN,
      models: idsOf(options.sinks, 'arthur').map(arthurModel),
      onRequest: traffic.hook('arthur', () => started.arthur?.requests ?? 0, TOKEN),
    }),
    startFiddler({
      token: TOKEN,
      models: idsOf(options.sinks, 'fiddler').map(fiddlerModel),
      onRequest: traffic.hook('fiddler', () => started.fiddler?.requests ?? 0, TOKEN),
    }),
  ]);
  Object.assign(started, { arthur, fiddler });
  s3.createBucket(CAPTURES, { versioning: options.versioned });
  s3.createBucket(STATE_BUCKET);
  const deadLetters = options.sinks.map(({ name }) => sqs.createQueue(`${name}-dead`, { retentionSeconds: 1_209_600 }));
  const queues = options.sinks.map(({ name }) =>
    sqs.createQueue(name, {
      visibilityTimeoutSeconds: (options.timeoutMs / 1_000) * VISIBILITY_FACTOR,
      retentionSeconds: 1_209_600,
      maxReceiveCount: MAX_RECEIVES,
      deadLetterQueue: `${name}-dead`,
    }),
  );
  return { s3, sqs, arthur, fiddler, queues, deadLetters };
}

export async function closeServers({ s3, sqs, arthur, fiddler }: Servers): Promise<void> {
  await Promise.all([s3.close(), sqs.close(), arthur.close(), fiddler.close()]);
}

function idsOf(sinks: readonly SinkSetup[], partner: SinkSetup['partner']): string[] {
  return sinks.flatMap((sink, at) => (sink.partner === partner ? [modelId(sink, at)] : []));
}
