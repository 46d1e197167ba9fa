import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { Environment, type EnvironmentSettings } from './environment';
import type { InvokeResult } from './invoke-result';
import type { LogListener } from './log-lines';
import { writeOwnRuntimeClient } from './own-runtime-client';
import { runtimeFlags } from './runtime-flags';

/**
 * A function on this machine, hosted as Lambda does: the bundle runs in processes of its own, one event at a time
 * each, with Lambda's variables, heap limits, time limit and cold starts.
 */
export interface LambdaOptions {
  readonly functionName: string;
  /** `index.handler`: the export `handler` of `index.js`, `.mjs` or `.cjs` under `taskRoot`. */
  readonly handler: string;
  /** The directory that holds the bundle. */
  readonly taskRoot: string;
  /** The function's own variables. Nothing of this process's environment is passed but PATH and NODE_EXTRA_CA_CERTS. */
  readonly env: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  /** Environments at a time; default 1. More invocations wait their turn. */
  readonly maxConcurrency?: number;
  /** Default: the Node that runs this. */
  readonly nodePath?: string;
  /** Default: `bootstrap.ts` beside this file. */
  readonly runtimeClient?: RuntimeClient;
  /**
   * Stops the process between events (SIGSTOP), as Lambda freezes it. Default false. A stopped process does not notice
   * when a signal ends this one: a program that freezes handles SIGINT and SIGTERM and calls `close`.
   */
  readonly freeze?: boolean;
  /** Lines may come shortly after the result of their invocation; all have come when `close` is done. */
  readonly onLog?: LogListener;
}

/** A program that speaks the Runtime API: AWS's own `aws-lambda-ric`, for example. */
export interface RuntimeClient {
  /** Of its script; run with Node. */
  readonly path: string;
  readonly args?: readonly string[];
  /** A module to preload. */
  readonly require?: string;
}

export interface Lambda {
  /** Runs one event; the first one boots a process. Throws only after `close`. */
  invoke(event: unknown): Promise<InvokeResult>;
  /** Ends every process, busy or idle (default SIGKILL): a running invocation gets `exit`, the next is a cold start. */
  kill(signal?: NodeJS.Signals): void;
  /** Highest resident memory any process had, in bytes (on a Mac: had when asked). */
  rssBytes(): number;
  /** Kills what runs, waits until it is gone. Waiting invocations are refused. */
  close(): Promise<void>;
}

/** Prepares a function; no process is started before the first event. Throws when `nodePath` cannot be run. */
export async function startLambda(options: LambdaOptions): Promise<Lambda> {
  const nodePath = options.nodePath ?? process.execPath;
  const nodeMajor = Number.parseInt(await nodeVersion(nodePath), 10);
  const { client, remove } =
    options.runtimeClient === undefined
      ? await writeOwnRuntimeClient()
      : { client: options.runtimeClient, remove: () => Promise.resolve() };
  const settings: EnvironmentSettings = {
    functionName: options.functionName,
    handler: options.handler,
    taskRoot: path.resolve(options.taskRoot),
    memoryMb: options.memoryMb,
    env: options.env,
    nodeMajor,
    nodePath,
    nodeArguments: [...runtimeFlags(options.memoryMb), ...clientArguments(client)],
    timeoutMs: options.timeoutMs,
    freeze: options.freeze ?? false,
    onLog: options.onLog ?? (() => undefined),
  };
  return new LambdaHost(settings, options.maxConcurrency ?? 1, remove);
}

function clientArguments(client: RuntimeClient): string[] {
  const preload = client.require === undefined ? [] : ['--require', client.require];
  return [...preload, client.path, ...(client.args ?? [])];
}

async function nodeVersion(nodePath: string): Promise<string> {
  if (nodePath === process.execPath) return process.versions.node;
  const { stdout } = await promisify(execFile)(nodePath, ['--version']);
  return stdout.replace(/^v/, '');
}

interface Waiting {
  readonly event: string;
  readonly resolve: (result: InvokeResult) => void;
  readonly reject: (error: Error) => void;
}

class LambdaHost implements Lambda {
  private readonly environments = new Set<Environment>();
  private waiting: Waiting[] = [];
  private closed = false;
  private peakBytes = 0;
  /** A frozen child would outlive this process for ever. */
  private readonly killAtExit = () => this.kill();

  constructor(
    private readonly settings: EnvironmentSettings,
    private readonly maxConcurrency: number,
    private readonly cleanUp: () => Promise<void>,
  ) {
    process.once('exit', this.killAtExit);
  }

  async invoke(event: unknown): Promise<InvokeResult> {
    if (this.closed) throw new Error(`the function ${this.settings.functionName} is closed`);
    return await new Promise((resolve, reject) => {
      this.waiting.push({ event: JSON.stringify(event ?? null), resolve, reject });
      this.serve();
    });
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    for (const environment of this.environments) environment.end(signal);
  }

  rssBytes(): number {
    for (const environment of this.environments) this.remember(environment);
    return this.peakBytes;
  }

  async close(): Promise<void> {
    this.closed = true;
    process.off('exit', this.killAtExit);
    const refused = this.waiting;
    this.waiting = [];
    for (const { reject } of refused) reject(new Error(`the function ${this.settings.functionName} was closed`));
    const ends = [...this.environments].map((environment) => environment.ended);
    this.kill();
    await Promise.all(ends);
    await this.cleanUp();
  }

  /** Gives waiting events, oldest first, to idle environments, then to new ones. */
  private serve(): void {
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      const environment = [...this.environments].find(({ isIdle }) => isIdle) ?? this.boot();
      if (environment === null) return;
      this.waiting.shift();
      environment.invoke(next.event).then(next.resolve, next.reject);
    }
  }

  private boot(): Environment | null {
    if (this.environments.size >= this.maxConcurrency) return null;
    const environment = new Environment(this.settings, () => this.serve());
    this.environments.add(environment);
    void environment.ended.then(() => {
      this.remember(environment);
      this.environments.delete(environment);
      this.serve();
    });
    return environment;
  }

  private remember(environment: Environment): void {
    this.peakBytes = Math.max(this.peakBytes, environment.peakRssBytes());
  }
}
