import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { RequestHook } from '../request-hook';
import { OPERATIONS } from './operations';
import type { OperationContext } from './operations/operation';
import type { Queue } from './queue';
import { QueueDirectory } from './queue-directory';
import { DEFAULT_SETTINGS, type QueueSettings } from './queue-settings';
import { SqsError } from './sqs-error';

/**
 * An SQS for one machine: standard queues in memory, over the AWS JSON 1.0 protocol on loopback and in process.
 * Signatures are not checked.
 */
export interface SqsServer {
  readonly url: string;
  /** Throws when the name is taken with other attributes. The dead-letter queue must exist. */
  createQueue(name: string, attributes?: QueueAttributes): Queue;
  queue(name: string): Queue | undefined;
  close(): Promise<void>;
}

export interface SqsServerOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Milliseconds since 1970; decides visibility, delay and retention, not how long a receive waits. */
  readonly now?: () => number;
  readonly accountId?: string;
  readonly region?: string;
  readonly onRequest?: RequestHook;
}

export interface QueueAttributes {
  /** Default 30. */
  readonly visibilityTimeoutSeconds?: number;
  readonly delaySeconds?: number;
  /** Default 345 600 (4 days). */
  readonly retentionSeconds?: number;
  /** Both or neither: after so many receives a message moves to the queue of that name. */
  readonly maxReceiveCount?: number;
  readonly deadLetterQueue?: string;
}

/** Starts the server on 127.0.0.1. */
export async function startSqsServer(options: SqsServerOptions = {}): Promise<SqsServer> {
  const { port = 0, now = Date.now, accountId = '000000000000', region = 'us-east-1', onRequest } = options;
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the queue server got no port');
  const url = `http://127.0.0.1:${bound.port}`;
  const queues = new QueueDirectory({ baseUrl: url, accountId, region, now });
  const context = { queues, moveTasks: [], now };
  server.on('request', (request, response) => {
    void respond(request, response, context, onRequest ?? (() => undefined));
  });
  return {
    url,
    createQueue: (name, attributes = {}) => queues.create(name, settingsOf(attributes, queues)),
    queue: (name) => queues.find(name),
    close: () => close(server, queues),
  };
}

function settingsOf(
  { maxReceiveCount, deadLetterQueue, ...rest }: QueueAttributes,
  queues: QueueDirectory,
): QueueSettings {
  if ((maxReceiveCount === undefined) !== (deadLetterQueue === undefined)) {
    throw new Error('maxReceiveCount and deadLetterQueue belong together');
  }
  if (maxReceiveCount === undefined || deadLetterQueue === undefined) return { ...DEFAULT_SETTINGS, ...rest };
  if (queues.find(deadLetterQueue) === undefined)
    throw new Error(`the dead-letter queue ${deadLetterQueue} does not exist`);
  return {
    ...DEFAULT_SETTINGS,
    ...rest,
    redrive: { deadLetterTargetArn: queues.arnOf(deadLetterQueue), maxReceiveCount },
  };
}

async function close(server: Server, queues: QueueDirectory): Promise<void> {
  for (const queue of queues.all()) queue.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  context: Omit<OperationContext, 'signal'>,
  onRequest: RequestHook,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => {
    const fixed = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': randomUUID() };
    response.writeHead(status, { ...fixed, ...headers });
    response.end(JSON.stringify(body));
  };
  try {
    await onRequest(request, 'before');
    const body = await run(request, { ...context, signal: gone.signal });
    await onRequest(request, 'after');
    answer(200, body);
  } catch (error) {
    // A caller that hung up gets no answer.
    if (response.destroyed) return;
    if (error instanceof SqsError) {
      const body = { __type: error.wireType, message: error.message };
      answer(error.status, body, { 'x-amzn-query-error': `${error.queryCode};Sender` });
    } else {
      answer(500, { __type: 'com.amazon.coral.service#InternalFailure', message: String(error) });
    }
  }
}

async function run(request: IncomingMessage, context: OperationContext): Promise<unknown> {
  const name = /^AmazonSQS\.(\w+)$/.exec(String(request.headers['x-amz-target']))?.[1] ?? '';
  const operation = OPERATIONS.get(name);
  const body = await readJson(request);
  if (operation === undefined) throw new SqsError('UnknownOperation', `The operation ${name} is not known here.`);
  return await operation(body, context);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += String(chunk);
  try {
    return JSON.parse(text === '' ? '{}' : text);
  } catch {
    throw new SqsError('InvalidParameterValue', 'The request body is not JSON.');
  }
}
