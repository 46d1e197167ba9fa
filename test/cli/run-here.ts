import { main } from '../../src/cli/main';
import type { CliResult } from '../support/run-cli';

/** The command line in this process: as `run` of a process of its own, and without the second that one takes to start. */
export async function runHere(...args: readonly string[]): Promise<CliResult> {
  const said = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    jest.spyOn(process[name], 'write').mockImplementation((text) => {
      said[name] += String(text);
      return true;
    }),
  );
  const { exitCode: before } = process;
  process.exitCode = 0;
  try {
    await main(['node', 'capture-relay', ...args]);
    return { ...said, exitCode: process.exitCode };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = before;
    process.stdout.removeAllListeners('error');
  }
}
