import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** MiniStack, an S3 and SQS written by others, as a process of its own on loopback. */
export interface Ministack {
  /** Of every service. */
  readonly url: string;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 30_000;
/** One that hangs frees its port on SIGTERM and stays alive; then it is killed. */
const GRACE_MS = 3_000;

/** `python`: the interpreter it was installed beside. Rejects with its output when it does not come up. */
export async function startMinistack(python: string): Promise<Ministack> {
  const port = await freePort();
  const server = spawn(join(dirname(python), 'ministack'), {
    // Without BIND_HOST it listens on every interface.
    env: { PATH: process.env.PATH, BIND_HOST: '127.0.0.1', GATEWAY_PORT: String(port), MINISTACK_HOST: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => output.push(String(chunk)));
  const killed = (): void => void server.kill('SIGKILL');
  process.once('exit', killed);
  const stop = async (): Promise<void> => {
    process.off('exit', killed);
    await end(server);
  };
  const url = `http://127.0.0.1:${port}`;
  if (await isReady(`${url}/_localstack/health`, server)) return { url, stop };
  await stop();
  throw new Error(`MiniStack did not come up:\n${output.join('').slice(-2_000)}`);
}

async function isReady(healthUrl: string, server: ChildProcess): Promise<boolean> {
  const giveUpAtMs = Date.now() + READY_WITHIN_MS;
  while (Date.now() < giveUpAtMs && server.exitCode === null) {
    const answer = await fetch(healthUrl).catch(() => null);
    if (answer?.ok === true) return true;
    await sleep(50);
  }
  return false;
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, 'exit');
  server.kill('SIGTERM');
  const grace = setTimeout(() => server.kill('SIGKILL'), GRACE_MS);
  await gone;
  clearTimeout(grace);
}

/** It takes no port 0. Between here and its start another program could take this one; then it does not come up. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return address.port;
}
