import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { CliResult } from '../../support/run-cli';

const BIN = join(__dirname, '../../../bin/capture-relay');

/** `capture-relay check` as a process of its own, in a folder and with variables of its own. */
export function runCheck(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<CliResult> {
  const env = { ...process.env, ...options.env };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [BIN, 'check', ...args],
      { ...options, env, timeout: 60_000 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ stdout, stderr, exitCode: code });
      },
    );
  });
}
