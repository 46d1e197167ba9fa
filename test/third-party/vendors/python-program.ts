import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Runs one of the small programs in `python/` beside servers of this process. */
const PROGRAMS = join(__dirname, '../python');

/** Far beyond what the slowest needs; one that hangs must not hold the run up. */
const TIME_LIMIT_MS = 120_000;

/** The JSON text it prints as its last line. Throws with what it said when it fails. Sees none of our environment. */
export async function runProgram(python: string, script: string, args: readonly string[]): Promise<string> {
  const child = spawn(python, ['-W', 'ignore', join(PROGRAMS, script), ...args], {
    env: { PATH: process.env.PATH, NO_PROXY: '127.0.0.1', MPLBACKEND: 'agg' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIME_LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  const [out, said]: [string[], string[]] = [[], []];
  child.stdout.on('data', (chunk) => out.push(String(chunk)));
  child.stderr.on('data', (chunk) => said.push(String(chunk)));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${script} failed (${String(code)}):\n${said.join('').slice(-3_000)}`);
  return out.join('').trimEnd().split('\n').at(-1) ?? '';
}
