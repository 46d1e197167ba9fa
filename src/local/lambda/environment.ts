import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { messageOf } from '../../core/errors';
import { type InvokeResult, parseRuntimeError } from './invoke-result';
import { forwardLines, type LogListener } from './log-lines';
import { residentBytes } from './resident-memory';
import { RuntimeApi, type RuntimeListener } from './runtime-api';
import { type FunctionSettings, regionOf, runtimeVariables } from './runtime-variables';

/** What an environment is made from; the same for every one of a function. */
export interface EnvironmentSettings extends FunctionSettings {
  readonly nodePath: string;
  /** Flags, runtime client and its arguments. */
  readonly nodeArguments: readonly string[];
  readonly timeoutMs: number;
  readonly freeze: boolean;
  readonly onLog: LogListener;
}

/** AWS's own limit of the init phase: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
const INIT_LIMIT_MS = 10_000;

/** The most a synchronous invocation may answer: the limit AWS's own emulator names in its error. */
const MAX_RESPONSE_BYTES = 6_291_556;

/** A process that the handler started may hold its output open after it has gone. */
const OUTPUT_PATIENCE_MS = 1000;

/** The account in the ARNs a local function sees. */
const LOCAL_ACCOUNT = '000000000000';

interface Running {
  readonly requestId: string;
  readonly event: string;
  readonly resolve: (result: InvokeResult) => void;
  startedMs: number;
}

/**
 * One execution environment: one process, from its start to its end, with one invocation at a time. It is never
 * started again; the host makes a new one. So the late exit of a killed process can only end its own environment.
 */
export class Environment implements RuntimeListener {
  private state: 'starting' | 'idle' | 'busy' | 'ending' | 'ended' = 'starting';
  private api: RuntimeApi | null = null;
  private child: ChildProcess | null = null;
  private running: Running | null = null;
  private limit: NodeJS.Timeout | undefined;
  private frozen = false;
  private peakBytes = 0;
  private markEnded: () => void = () => undefined;

  /** Settles when the process has gone and its output was read. */
  readonly ended = new Promise<void>((resolve) => {
    this.markEnded = resolve;
  });

  /** `onFree` is called whenever the environment becomes idle or has ended. */
  constructor(
    private readonly settings: EnvironmentSettings,
    private readonly onFree: () => void,
  ) {
    // On AWS an init over its limit is run again inside the first invocation, on that one's time: the sum of both.
    this.limit = setTimeout(() => this.timeOut(), INIT_LIMIT_MS + settings.timeoutMs);
    this.start().catch((error: unknown) => this.failToStart(error));
  }

  get isIdle(): boolean {
    return this.state === 'idle';
  }

  /** Runs one event (JSON text). Call it on a new or an idle environment only. */
  invoke(event: string): Promise<InvokeResult> {
    return new Promise((resolve) => {
      this.running = { requestId: randomUUID(), event, resolve, startedMs: 0 };
      if (this.state === 'idle') this.dispatch(this.running);
    });
  }

  /** Ends the process; a running invocation gets its exit. */
  end(signal: NodeJS.Signals): void {
    if (this.state === 'ended') return;
    this.state = 'ending';
    this.measure();
    this.child?.kill(signal);
    // A stopped process takes no signal but SIGKILL.
    if (this.frozen) this.thaw();
  }

  /** Highest resident memory seen so far, in bytes. */
  peakRssBytes(): number {
    this.measure();
    return this.peakBytes;
  }

  next(): void {
    clearTimeout(this.limit);
    this.measure();
    if (this.state === 'ending') {
      this.child?.kill('SIGKILL');
    } else if (this.running !== null) {
      this.dispatch(this.running);
    } else {
      this.state = 'idle';
      if (this.settings.freeze) this.frozen = this.child?.kill('SIGSTOP') === true;
      this.onFree();
    }
  }

  response(requestId: string, body: string): boolean {
    if (this.running?.requestId !== requestId) return false;
    this.settle(readResponse(body, performance.now() - this.running.startedMs));
    return true;
  }

  error(requestId: string, body: string): boolean {
    if (this.running?.requestId !== requestId) return false;
    this.settle(parseRuntimeError(body));
    return true;
  }

  initError(body: string): void {
    this.settle(parseRuntimeError(body));
    this.end('SIGKILL');
  }

  private async start(): Promise<void> {
    const { settings } = this;
    this.api = await RuntimeApi.start(this);
    if (this.state === 'ending') {
      this.finish({ kind: 'exit', code: null, signal: null });
      return;
    }
    const child = spawn(settings.nodePath, settings.nodeArguments, {
      cwd: settings.taskRoot,
      env: runtimeVariables(settings, this.api.address),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    forwardLines(child.stdout, 'stdout', settings.onLog);
    forwardLines(child.stderr, 'stderr', settings.onLog);
    child.once('error', (error) => this.failToStart(error));
    child.once('exit', (code, signal) => this.exited(child, { kind: 'exit', code, signal }));
  }

  /** A result does not wait for the last output; the end of the environment does, within reason. */
  private exited(child: ChildProcess, result: InvokeResult): void {
    this.state = 'ending';
    this.settle(result);
    const patience = setTimeout(() => {
      child.stdout?.destroy();
      child.stderr?.destroy();
      this.finish(result);
    }, OUTPUT_PATIENCE_MS);
    child.once('close', () => {
      clearTimeout(patience);
      this.finish(result);
    });
  }

  private dispatch(running: Running): void {
    const { timeoutMs, functionName, env } = this.settings;
    this.state = 'busy';
    running.startedMs = performance.now();
    this.limit = setTimeout(() => this.timeOut(), timeoutMs);
    this.api?.deliver({
      requestId: running.requestId,
      deadlineMs: Date.now() + timeoutMs,
      functionArn: `arn:aws:lambda:${regionOf(env)}:${LOCAL_ACCOUNT}:function:${functionName}`,
      event: running.event,
    });
    if (this.frozen) this.thaw();
  }

  private thaw(): void {
    this.frozen = false;
    this.child?.kill('SIGCONT');
  }

  /** Also after an answer: an event loop that never comes back to ask for work would hold the environment for ever. */
  private timeOut(): void {
    this.settle({ kind: 'timeout' });
    this.end('SIGKILL');
  }

  private failToStart(error: unknown): void {
    this.finish({ kind: 'error', errorType: 'Runtime.InvalidEntrypoint', errorMessage: messageOf(error) });
  }

  /** The first result stands: the exit that follows a time-out is no news. */
  private settle(result: InvokeResult): void {
    const { running } = this;
    this.running = null;
    running?.resolve(result);
  }

  private finish(result: InvokeResult): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    clearTimeout(this.limit);
    this.api?.close();
    this.settle(result);
    this.markEnded();
    this.onFree();
  }

  private measure(): void {
    const pid = this.child?.pid;
    if (pid !== undefined) this.peakBytes = Math.max(this.peakBytes, residentBytes(pid));
  }
}

function readResponse(body: string, durationMs: number): InvokeResult {
  if (Buffer.byteLength(body) > MAX_RESPONSE_BYTES) {
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`;
    return { kind: 'error', errorType: 'Function.ResponseSizeTooLarge', errorMessage };
  }
  try {
    const payload: unknown = JSON.parse(body);
    return { kind: 'ok', payload, durationMs };
  } catch {
    return { kind: 'error', errorType: 'Runtime.InvalidResponse', errorMessage: 'the runtime posted no JSON' };
  }
}
