import { dirname, join } from 'node:path';
import { type ServerProcess, startServerProcess } from '../server-process';

/** MiniStack, an S3 and SQS written by others; one address for every service. */
export type Ministack = ServerProcess;

/**
 * `python`: the interpreter it was installed beside; `variables`: what its process and the functions that it runs see
 * beside its own settings. Rejects with its output when it does not come up.
 */
export function startMinistack(python: string, variables: Readonly<Record<string, string>> = {}): Promise<Ministack> {
  return startServerProcess({
    name: 'MiniStack',
    program: join(dirname(python), 'ministack'),
    args: () => [],
    // Without BIND_HOST it listens on every interface.
    env: (port) => ({
      ...variables,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_HOST: '127.0.0.1',
    }),
    healthPath: '/_localstack/health',
  });
}
