import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { InvokeResult } from '../../../src/local/lambda/invoke-result';
import { type Lambda, type LambdaOptions, startLambda } from '../../../src/local/lambda/lambda';

/** Functions written by a test, each in a directory of its own; ended and deleted by `clear`. */
export class Functions {
  private readonly started: Lambda[] = [];
  private readonly directories: string[] = [];

  /** Starts a function from the text of its file (`index.js` unless named). */
  async start(source: string, options: Partial<LambdaOptions> & { file?: string } = {}): Promise<Lambda> {
    const { file = 'index.js', ...rest } = options;
    const taskRoot = mkdtempSync(path.join(tmpdir(), 'capture-relay-task-'));
    this.directories.push(taskRoot);
    writeFileSync(path.join(taskRoot, file), source);
    const settings = { functionName: 'forward', handler: 'index.handler', env: {}, memoryMb: 128, timeoutMs: 20_000 };
    const lambda = await startLambda({ ...settings, taskRoot, ...rest });
    this.started.push(lambda);
    return lambda;
  }

  async clear(): Promise<void> {
    await Promise.all(this.started.splice(0).map((lambda) => lambda.close()));
    for (const directory of this.directories.splice(0)) rmSync(directory, { recursive: true });
  }
}

/** What a function answered; fails the test when it ended in another way. */
export function payloadOf(result: InvokeResult): unknown {
  if (result.kind !== 'ok') throw new Error(`expected an answer, got ${JSON.stringify(result)}`);
  return result.payload;
}
