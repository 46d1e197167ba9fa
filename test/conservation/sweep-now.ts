import { type Lambda, startLambda } from '../../src/local/lambda/lambda';
import type { World } from './world';

/** Reading and sending end so long before it. */
const TIMEOUT_MS = 60_000;

const started = new WeakMap<World, Promise<Lambda>>();

/** One run of the sweep's own function, as a schedule starts it every hour. */
export async function sweepNow(world: World): Promise<void> {
  const { machines } = world;
  const lambda = started.get(world) ?? start(world);
  started.set(world, lambda);
  machines.running += 1;
  try {
    const result = await (await lambda).invoke({});
    const stop = result.kind === 'ok' ? (result.payload as { stop: unknown }).stop : result;
    if (stop !== null) throw new Error(`the sweep stopped: ${JSON.stringify(stop)}`);
  } finally {
    machines.running -= 1;
  }
}

async function start({ machines, options, others }: World): Promise<Lambda> {
  const lambda = await startLambda({
    functionName: 'sweep',
    handler: 'index.handler',
    taskRoot: options.bundles.sweep,
    memoryMb: 256,
    timeoutMs: TIMEOUT_MS,
    env: machines.env,
    runtimeClient: machines.runtimeClient,
  });
  others.push(lambda);
  return lambda;
}
