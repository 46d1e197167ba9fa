import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { CliResult } from '../support/run-cli';

/** `capture-relay replay` in a process of its own, that a test can interrupt or kill. */
const BIN = join(__dirname, '../../bin/capture-relay');

export class ReplayProcess {
  private readonly child: ChildProcess;
  private stdout = '';
  private stderr = '';
  /** Exit code -1: ended by a signal. */
  readonly ended: Promise<CliResult>;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [BIN, 'replay', ...args], { env: { ...process.env, NO_COLOR: '1', ...env } });
    this.child.stdout?.on('data', (piece: Buffer) => (this.stdout += piece.toString()));
    this.child.stderr?.on('data', (piece: Buffer) => (this.stderr += piece.toString()));
    this.ended = new Promise((resolve) =>
      this.child.once('close', (code) => resolve({ stdout: this.stdout, stderr: this.stderr, exitCode: code ?? -1 })),
    );
  }

  signal(name: 'SIGINT' | 'SIGKILL'): void {
    this.child.kill(name);
  }

  /** Resolves once standard error holds the text. */
  async says(text: string): Promise<void> {
    await until(() => this.stderr.includes(text));
  }
}

/** Looks again and again; the test's own time limit ends it when it never comes true. */
export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 10));
}
