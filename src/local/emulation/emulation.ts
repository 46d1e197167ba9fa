import { createReadStream } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { decodeFormKey } from '../../aws/notifications';
import { readS3Object } from '../../aws/s3-source';
import { parseModelConfig, type ModelConfig } from '../../config/model-config';
import { startEventSourceMapping, type EventSourceMapping } from '../lambda/event-source-mapping';
import type { InvokeResult } from '../lambda/invoke-result';
import { type Lambda, startLambda } from '../lambda/lambda';
import { type ArthurStandIn, startArthur } from '../partners/arthur';
import { demoArthurModels, demoFiddlerModels } from '../partners/demo-models';
import { type FiddlerStandIn, startFiddler } from '../partners/fiddler';
import { type S3EventRecord, type S3Server, startS3Server } from '../s3/server';
import { type SqsServer, startSqsServer } from '../sqs/server';
import type { Queue } from '../sqs/queue';
import { countCaptured } from './count-captured';
import { emulatedModel, type ModelKind, PARTNER_MODELS } from './emulated-model';
import { forwardBundle } from './forward-bundle';
import { Scoreboard } from './scoreboard';
import { readLambdaLine, type RejectionSaid } from './work-report';

/**
 * The whole system on one machine: S3 and SQS that speak their protocols, stand-ins of the partners, and the real
 * bundled Lambda in processes of its own. Nothing is faked between the file that is put and the partner that answers.
 */
export interface EmulationOptions {
  /** Folder for the store and the bundle. */
  readonly state: string;
  /** Folder the file sink writes to. */
  readonly out: string;
  /** `demo`: models with a schema, for the demo files. `open`: models that take any column, for a person's own files. */
  readonly kind: ModelKind;
  readonly onProblem: (message: string) => void;
  readonly onSkip: (key: string, reason: string) => void;
  readonly onRejection: (said: RejectionSaid) => void;
}

export const BUCKET = 'captures';
export const PREFIX = 'captures/';
export const STATE_BUCKET = 'capture-relay-state';
const CREDENTIALS = { accessKeyId: 'capture-relay', secretAccessKey: 'on-this-machine' };
const REGION = 'us-east-1';

export class Emulation {
  private readonly counting = new Set<Promise<void>>();

  private constructor(
    readonly s3: S3Server,
    readonly sqs: SqsServer,
    readonly arthur: ArthurStandIn,
    readonly fiddler: FiddlerStandIn,
    readonly scoreboard: Scoreboard,
    readonly queues: readonly Queue[],
    private readonly lambda: Lambda,
    private readonly mappings: readonly EventSourceMapping[],
    private readonly client: S3Client,
    private readonly config: ModelConfig,
    /** Of the model's configuration, for commands that ask for it. */
    readonly configPath: string,
  ) {}

  static async start(options: EmulationOptions): Promise<Emulation> {
    await mkdir(options.state, { recursive: true });
    const taskRoot = await forwardBundle(join(options.state, 'forward'));
    const [sqs, arthur, fiddler, s3] = await Promise.all([
      startSqsServer({ region: REGION }),
      startArthur({ token: 'arthur-token', models: demoArthurModels() }),
      startFiddler({ token: 'fiddler-token', models: demoFiddlerModels() }),
      startS3Server({ directory: join(options.state, 's3') }),
    ]);
    const raw = emulatedModel(options.kind, { arthur: arthur.url, fiddler: fiddler.url, out: options.out });
    const config = parseModelConfig(raw);
    const configPath = join(options.state, 'capture-relay.json');
    await writeFile(configPath, JSON.stringify(raw, null, 2));
    const queues = config.sinks.map((sink) => {
      sqs.createQueue(`${sink.name}-dlq`);
      return sqs.createQueue(sink.name, {
        visibilityTimeoutSeconds: 720,
        maxReceiveCount: 5,
        deadLetterQueue: `${sink.name}-dlq`,
      });
    });
    const models = PARTNER_MODELS[options.kind];
    const scoreboard = new Scoreboard(
      config.sinks.map((sink) => sink.name),
      (sink) => storedAt(sink, models, arthur, fiddler),
    );
    const lambda = await startLambda({
      functionName: 'capture-relay-forward',
      handler: 'index.handler',
      taskRoot,
      memoryMb: 256,
      timeoutMs: 120_000,
      maxConcurrency: queues.length,
      env: {
        AWS_REGION: REGION,
        AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
        AWS_ENDPOINT_URL_S3: s3.url,
        AWS_ENDPOINT_URL_SQS: sqs.url,
        CAPTURE_RELAY_STATE_BUCKET: STATE_BUCKET,
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        ARTHUR_TOKEN: arthur.token,
        FIDDLER_TOKEN: fiddler.token,
        CAPTURE_RELAY_CONFIG: configPath,
        CAPTURE_RELAY_SINK_QUEUES: JSON.stringify(Object.fromEntries(queues.map((queue) => [queue.name, queue.arn]))),
      },
      onLog: (line) => heard(line, scoreboard, options),
    });
    const mappings = queues.map((queue) =>
      startEventSourceMapping({
        queue,
        lambda,
        batchSize: 10,
        retryDelayMs: 1_000,
        onInvoked: (result) => failed(result, options),
      }),
    );
    const client = new S3Client({ endpoint: s3.url, region: REGION, credentials: CREDENTIALS });
    const emulation = new Emulation(
      s3,
      sqs,
      arthur,
      fiddler,
      scoreboard,
      queues,
      lambda,
      mappings,
      client,
      config,
      configPath,
    );
    s3.createBucket(BUCKET, { versioning: true });
    s3.createBucket(STATE_BUCKET);
    s3.setNotification(BUCKET, [
      {
        id: 'forward',
        events: ['s3:ObjectCreated:*'],
        prefix: PREFIX,
        deliver: (record) => emulation.notified(record),
      },
    ]);
    return emulation;
  }

  get consoleEnv(): Readonly<Record<string, string>> {
    return {
      AWS_ENDPOINT_URL_S3: this.s3.url,
      AWS_ENDPOINT_URL_SQS: this.sqs.url,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_REGION: REGION,
      // boto3 and the AWS CLI read this one.
      AWS_DEFAULT_REGION: REGION,
    };
  }

  async putText(key: string, text: string): Promise<void> {
    await this.client.send(
      new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: text, ContentType: 'application/x-amz-json-1.1' }),
    );
  }

  async putFile(key: string, path: string): Promise<void> {
    const { size } = await stat(path);
    await this.client.send(
      new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: createReadStream(path), ContentLength: size }),
    );
  }

  /** Resolves when every file put so far is settled for every sink: no message is left, and all of it is counted. */
  async idle(): Promise<void> {
    await Promise.all(this.counting);
    await Promise.all(this.mappings.map((mapping) => mapping.idle()));
  }

  async close(): Promise<void> {
    // Together: a running invocation ends with its process instead of being waited for.
    await Promise.all([this.lambda.close(), ...this.mappings.map((mapping) => mapping.stop())]);
    this.client.destroy();
    await Promise.all([this.s3.close(), this.sqs.close(), this.arthur.close(), this.fiddler.close()]);
  }

  /** As a topic between bucket and queues does: every sink's queue gets the notification. */
  private notified(record: S3EventRecord): void {
    const counted: Promise<void> = this.count(record).finally(() => this.counting.delete(counted));
    this.counting.add(counted);
    const body = JSON.stringify({ Records: [record] });
    for (const queue of this.queues) queue.send(body);
  }

  private async count(record: S3EventRecord): Promise<void> {
    const key = decodeFormKey(record.s3.object.key) ?? record.s3.object.key;
    const versionId = record.s3.object.versionId ?? null;
    this.scoreboard.fileSeen(key, versionId);
    const file = { bucket: BUCKET, key, versionId };
    const bytes = readS3Object(this.client, { file, eTag: null }, new AbortController().signal);
    this.scoreboard.fileCounted(key, versionId, await countCaptured(bytes, file, this.config.rules));
  }
}

function storedAt(
  sink: string,
  models: Readonly<Record<string, { partner: 'arthur' | 'fiddler'; modelId: string }>>,
  arthur: ArthurStandIn,
  fiddler: FiddlerStandIn,
): number | null {
  const at = models[sink];
  if (at === undefined) return null;
  return (at.partner === 'arthur' ? arthur : fiddler).tally(at.modelId).rows;
}

/** An invocation that ended badly as a whole: what the function itself could no longer log. */
function failed(result: InvokeResult, options: EmulationOptions): void {
  if (result.kind === 'error') options.onProblem(`the Lambda failed: ${result.errorType}: ${result.errorMessage}`);
  if (result.kind === 'timeout') options.onProblem('the Lambda ran into its time limit');
  if (result.kind === 'exit')
    options.onProblem(`the Lambda's process ended (${result.signal ?? `exit code ${String(result.code)}`})`);
}

function heard(line: string, scoreboard: Scoreboard, options: EmulationOptions): void {
  const says = readLambdaLine(line);
  if (says.kind === 'work') {
    scoreboard.worked(says.report);
    if (says.report.state === 'inFlight' || says.report.state === 'gone') options.onProblem(says.report.message);
  }
  if (says.kind === 'rejection') options.onRejection(says);
  if (says.kind === 'skip') options.onSkip(says.key, says.reason);
  if (says.kind === 'problem') options.onProblem(says.message);
}
