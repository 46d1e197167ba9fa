import type { SQSEvent } from 'aws-lambda';
import { join } from 'node:path';
import type { InvokeResult } from '../../src/local/lambda/invoke-result';
import { type Lambda, type RuntimeClient, startLambda } from '../../src/local/lambda/lambda';
import { codeOf } from '../../src/core/errors';

/** The function's processes: how many run, which were killed or stopped, and what they said. */
export interface MachinesOptions {
  readonly taskRoot: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly concurrency: number;
  readonly freeze: boolean;
  readonly runtimeClient: RuntimeClient;
}

export type LogLine = Readonly<Record<string, unknown>>;

export class Machines {
  /** Invocations that have not ended. */
  running = 0;
  invocations = 0;
  /** Together, in real milliseconds. */
  busyMs = 0;
  readonly killed = new Set<number>();
  readonly paused = new Set<number>();
  readonly logs: LogLine[] = [];
  readonly results: InvokeResult[] = [];
  private current: Lambda;
  private readonly earlier: Lambda[] = [];

  private constructor(
    first: Lambda,
    /** What its processes get; for others that take part in the world as well. */
    public env: Readonly<Record<string, string>>,
    readonly runtimeClient: RuntimeClient,
  ) {
    this.current = first;
  }

  static async start(options: MachinesOptions): Promise<Machines> {
    const logs: { heard: (line: string) => void } = { heard: () => undefined };
    const machines = new Machines(
      await boot(options, (line) => logs.heard(line)),
      envOf(options),
      options.runtimeClient,
    );
    logs.heard = (line) => machines.heard(line);
    return machines;
  }

  /** From now on invocations go to another function: another configuration, or another bundle. */
  async replace(options: MachinesOptions): Promise<void> {
    this.earlier.push(this.current);
    this.current = await boot(options, (line) => this.heard(line));
    this.env = envOf(options);
  }

  async invoke(event: SQSEvent): Promise<InvokeResult> {
    this.running += 1;
    this.invocations += 1;
    const startedMs = performance.now();
    try {
      const result = await this.current.invoke(event);
      this.results.push(result);
      return result;
    } finally {
      this.running -= 1;
      this.busyMs += performance.now() - startedMs;
    }
  }

  /** As a crash, or Lambda's host that goes away. False when it was gone already. */
  kill(pid: number): boolean {
    if (this.killed.has(pid)) return false;
    this.killed.add(pid);
    return signal(pid, 'SIGKILL');
  }

  pause(pid: number): void {
    if (signal(pid, 'SIGSTOP')) this.paused.add(pid);
  }

  resume(pid: number): void {
    this.paused.delete(pid);
    signal(pid, 'SIGCONT');
  }

  /** What the function said of files that it sent on their way in a fresh message; of one code, or all. */
  handOvers(code?: string): readonly LogLine[] {
    const said = this.logs.filter(({ message }) => String(message).startsWith('handed over'));
    return code === undefined ? said : said.filter((line) => line.code === code);
  }

  get rssBytes(): number {
    return Math.max(...[this.current, ...this.earlier].map((lambda) => lambda.rssBytes()));
  }

  /** Ends every process; their last lines are heard then. */
  async close(): Promise<void> {
    for (const pid of this.paused) this.resume(pid);
    await Promise.all([this.current, ...this.earlier].map((lambda) => lambda.close()));
  }

  private heard(line: string): void {
    if (!line.startsWith('{')) return void this.logs.push({ level: 'stderr', message: line });
    const said = JSON.parse(line) as LogLine;
    if (typeof said.level === 'string') this.logs.push(said);
  }
}

const envOf = ({ env }: MachinesOptions): Record<string, string> => ({
  ...env,
  NODE_OPTIONS: `--require ${join(__dirname, 'in-process.cjs')}`,
});

const boot = (options: MachinesOptions, onLog: (line: string) => void): Promise<Lambda> =>
  startLambda({
    functionName: 'forward',
    handler: 'index.handler',
    taskRoot: options.taskRoot,
    memoryMb: options.memoryMb,
    timeoutMs: options.timeoutMs,
    maxConcurrency: options.concurrency,
    freeze: options.freeze,
    env: envOf(options),
    runtimeClient: options.runtimeClient,
    onLog,
  });

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
    throw error;
  }
}
