import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server written by others, as a process of its own on loopback. */
export interface ServerProcess {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

export interface ServerProgram {
  /** As its messages call it. */
  readonly name: string;
  readonly program: string;
  readonly args: (port: number) => readonly string[];
  /** Beside PATH; it sees nothing else of our environment. */
  readonly env?: (port: number) => Readonly<Record<string, string>>;
  /** Answers 200 once it is up. */
  readonly healthPath: string;
}

const READY_WITHIN_MS = 30_000;
/** One that hangs may free its port on SIGTERM and stay alive; then it is killed. */
const GRACE_MS = 3_000;

/** Rejects with its output when it does not come up. */
export async function startServerProcess({
  name,
  program,
  args,
  env,
  healthPath,
}: ServerProgram): Promise<ServerProcess> {
  const port = await freePort();
  const server = spawn(program, args(port), {
    env: { PATH: process.env.PATH, ...env?.(port) },
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
  if (await isReady(url + healthPath, server)) return { url, stop };
  await stop();
  throw new Error(`${name} did not come up:\n${output.join('').slice(-2_000)}`);
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

/** They take no port 0. Between here and its start another program could take this one; then it does not come up. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return address.port;
}
