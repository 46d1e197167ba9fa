import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RuntimeClient } from '../../src/local/lambda/lambda';
import type { Bundles } from './bundles';
import type { WorldClock } from './clock';
import type { MachinesOptions } from './machines';
import { modelConfig, type SinkSetup } from './models';
import type { ServerOptions, Servers } from './servers';
import { STATE_BUCKET } from './names';

export interface WorldOptions extends ServerOptions {
  readonly seed: number;
  readonly bundles: Bundles;
  readonly memoryMb: number;
  /** Invocations at a time, for each sink. */
  readonly concurrency: number;
  /** Messages of one invocation. */
  readonly batchSize: number;
  /** Processes are stopped between invocations, as Lambda does. */
  readonly freeze: boolean;
  /** More of the model's configuration. */
  readonly model: Readonly<Record<string, unknown>>;
}

export type GivenOptions = Partial<WorldOptions> & Pick<WorldOptions, 'seed' | 'bundles'>;

export const ONE_SINK: SinkSetup = { name: 'arthur', partner: 'arthur', batch: 5, inFlight: 3 };

export const DEFAULTS: Omit<WorldOptions, 'seed' | 'bundles'> = {
  sinks: [ONE_SINK],
  versioned: false,
  // Reading ends 3.8 s after the start then, and a retry that would come later is left to the next run.
  timeoutMs: 8_000,
  memoryMb: 256,
  concurrency: 2,
  batchSize: 4,
  freeze: false,
  s3AheadMs: 0,
  model: {},
};

/** The function as these options have it; its configuration is a file of its own each time. */
export async function machinesOptions(
  options: WorldOptions,
  folder: string,
  { s3, sqs, arthur, fiddler, queues }: Servers,
  clock: WorldClock,
  runtimeClient: RuntimeClient,
): Promise<MachinesOptions> {
  const config = join(await mkdtemp(join(folder, 'config-')), 'capture-relay.json');
  const urls = { arthur: arthur.url, fiddler: fiddler.url };
  await writeFile(config, JSON.stringify(modelConfig(options.sinks, urls, options.model)));
  return {
    taskRoot: options.bundles.forward,
    timeoutMs: options.timeoutMs,
    memoryMb: options.memoryMb,
    concurrency: options.concurrency * options.sinks.length,
    freeze: options.freeze,
    runtimeClient,
    env: {
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_S3: s3.url,
      AWS_ENDPOINT_URL_SQS: sqs.url,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      CAPTURE_RELAY_CONFIG: config,
      CAPTURE_RELAY_STATE_BUCKET: STATE_BUCKET,
      CAPTURE_RELAY_SINK_QUEUES: JSON.stringify(Object.fromEntries(queues.map(({ name, arn }) => [name, arn]))),
      CONSERVATION_CLOCK: clock.path,
    },
  };
}
