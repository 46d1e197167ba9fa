import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** The command line as a person runs it: a process of its own. */
export interface CliResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

const BIN = join(__dirname, '../../bin/capture-relay');

export function run(...args: readonly string[]): Promise<CliResult> {
  return new Promise((resolve) => {
    execFile(process.execPath, [BIN, ...args], { maxBuffer: 64 << 20, timeout: 60_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ stdout, stderr, exitCode: code });
    });
  });
}
