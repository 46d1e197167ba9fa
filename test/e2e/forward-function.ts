import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InvokeResult } from '../../src/local/lambda/invoke-result';
import { type Lambda, startLambda } from '../../src/local/lambda/lambda';
import type { ArthurStandIn } from '../../src/local/partners/arthur';
import type { FiddlerStandIn } from '../../src/local/partners/fiddler';
import type { StoredInference } from '../../src/local/partners/inference-store';
import { forwardBundle } from '../support/forward-bundle';
import { arthurModels, fiddlerModels } from './partner-models';

/** The bundled handler as one Lambda function, and what each of its invocations did: result, log, metrics, rows stored. */
export interface Partners {
  readonly arthur: ArthurStandIn;
  readonly fiddler: FiddlerStandIn;
}

/** How one function is set up. Without `config` it has variables only. */
export interface FunctionSettings {
  readonly env?: Readonly<Record<string, string>>;
  /** What `capture-relay.json` holds. */
  readonly config?: ModelConfiguration;
  /** Default 60 s; a short one ends retries early. */
  readonly timeoutMs?: number;
  /** Default 256. */
  readonly memoryMb?: number;
}

export interface ModelConfiguration {
  readonly model: string;
  readonly sinks: readonly (Readonly<Record<string, unknown>> & { readonly type: string; readonly name?: string })[];
  readonly [setting: string]: unknown;
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** What one invocation did, seen from all sides. */
export interface Invocation {
  readonly result: InvokeResult;
  /** Everything the process printed. */
  readonly lines: readonly string[];
  /** The structured lines among them. */
  readonly logs: readonly LogLine[];
  /** The embedded metric lines among them. */
  readonly metrics: readonly Readonly<Record<string, unknown>>[];
  /** By sink: rows its partner's model got meanwhile, in arrival order (empty when the stand-in only counts). */
  readonly stored: ReadonlyMap<string, readonly StoredInference[]>;
  /** By sink: how many these are. */
  readonly storedRows: ReadonlyMap<string, number>;
}

/** One bundled function with its settings, and the sinks it feeds. */
export class ForwardFunction {
  private lines: string[] = [];
  private fences = 0;
  private onFence: (() => void) | null = null;

  private constructor(
    private readonly lambda: Lambda,
    private readonly holders: ReadonlyMap<string, Holder>,
  ) {}

  /** `folder` keeps its configuration file. No process runs before the first event. */
  static async start(settings: FunctionSettings, partners: Partners, s3Url: string, folder: string) {
    const lambda = await startLambda({
      functionName: 'forward',
      handler: 'index.handler',
      taskRoot: await forwardBundle(),
      env: await variables(settings, s3Url, folder),
      memoryMb: settings.memoryMb ?? 256,
      timeoutMs: settings.timeoutMs ?? 60_000,
      onLog: (line) => started.heard(line),
    });
    const started = new ForwardFunction(lambda, holdersOf(settings, partners));
    return started;
  }

  /** One at a time: what the partners get meanwhile is held to be of this invocation. */
  async invoke(event: unknown): Promise<Invocation> {
    const before = new Map([...this.holders].map(([sink, holder]) => [sink, holder.rows()]));
    this.lines = [];
    const result = await this.lambda.invoke(event);
    await this.fence(result);
    const lines = this.lines.filter((line) => !line.includes(FENCE));
    const { logs, metrics } = sorted(lines);
    const since = [...this.holders].map(([sink, holder]) => ({ sink, holder, first: before.get(sink) ?? 0 }));
    return {
      result,
      lines,
      logs,
      metrics,
      stored: new Map(since.map(({ sink, holder, first }) => [sink, holder.list().slice(first)])),
      storedRows: new Map(since.map(({ sink, holder, first }) => [sink, holder.rows() - first])),
    };
  }

  /** Highest resident memory of its process so far, in bytes. */
  rssBytes(): number {
    return this.lambda.rssBytes();
  }

  async close(): Promise<void> {
    await this.lambda.close();
  }

  /**
   * Output reaches this process by another way than results do, so the last lines may be late: an event that only
   * makes the handler print its name shows when all lines before it have come.
   */
  private async fence(result: InvokeResult): Promise<void> {
    const hasProcess = result.kind === 'ok' || (result.kind === 'error' && result.errorType === 'Error');
    if (!hasProcess) return;
    this.fences += 1;
    const printed = new Promise<void>((resolve) => {
      this.onFence = resolve;
    });
    const nothing = { bucket: { name: 'none' }, object: { key: 'none' } };
    await this.lambda.invoke({
      Records: [{ eventSource: 'aws:s3', eventName: `${FENCE}${this.fences}`, s3: nothing }],
    });
    await printed;
  }

  private heard(line: string): void {
    this.lines.push(line);
    if (line.includes(`${FENCE}${this.fences}"`)) this.onFence?.();
  }
}

const FENCE = 'Fence:';

async function variables({ env, config }: FunctionSettings, s3Url: string, folder: string) {
  const made: Record<string, string> = {
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_S3: s3Url,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...env,
  };
  if (config === undefined) return made;
  made.CAPTURE_RELAY_CONFIG = join(await mkdtemp(join(folder, 'config-')), 'capture-relay.json');
  await writeFile(made.CAPTURE_RELAY_CONFIG, JSON.stringify(config));
  return made;
}

/** The partner's model behind a sink. */
interface Holder {
  readonly rows: () => number;
  readonly list: () => readonly StoredInference[];
}

const HELD = new Set([...arthurModels, ...fiddlerModels].map(({ id }) => id));

function holdersOf({ config, env = {} }: FunctionSettings, partners: Partners): Map<string, Holder> {
  const ofVariables = [
    { type: 'arthur', modelId: env.ARTHUR_MODEL_ID },
    { type: 'fiddler', modelId: env.FIDDLER_MODEL_UUID },
  ];
  const holders = new Map<string, Holder>();
  for (const sink of config?.sinks ?? ofVariables) {
    const { type, modelId } = sink;
    if ((type !== 'arthur' && type !== 'fiddler') || typeof modelId !== 'string') continue;
    // A test of wrong variables names models that are nowhere.
    if (!HELD.has(modelId)) continue;
    const name = 'name' in sink && typeof sink.name === 'string' ? sink.name : type;
    const partner = partners[type];
    holders.set(name, { rows: () => partner.tally(modelId).rows, list: () => partner.stored(modelId) });
  }
  return holders;
}

function sorted(lines: readonly string[]): Pick<Invocation, 'logs' | 'metrics'> {
  const objects = lines.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []));
  return {
    logs: objects.filter((object): object is LogLine => typeof object.level === 'string'),
    // Of works; a line about a sink's state, or about events alone, keeps no equation.
    metrics: objects.filter((object) => '_aws' in object && 'FilesDone' in object),
  };
}
