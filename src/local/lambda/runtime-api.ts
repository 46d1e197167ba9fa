import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/**
 * The HTTP side of Lambda's Runtime API, for one process: what a runtime client asks (`next`) and tells (`response`,
 * `error`, `init/error`). Paths and headers: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 * Every process gets a server of its own, so that whatever a killed one still sends cannot reach its successor.
 */
export interface RuntimeListener {
  /** The runtime is ready for work; answer with `RuntimeApi.deliver`, now or later. */
  next(): void;
  /** False when no such request is running: the runtime is told so. */
  response(requestId: string, body: string): boolean;
  error(requestId: string, body: string): boolean;
  initError(body: string): void;
}

export interface Invocation {
  readonly requestId: string;
  /** Milliseconds since 1970, after which the process is killed. */
  readonly deadlineMs: number;
  readonly functionArn: string;
  /** JSON text. */
  readonly event: string;
}

const PREFIX = '/2018-06-01/runtime/';

export class RuntimeApi {
  private heldNext: ServerResponse | null = null;

  private constructor(
    private readonly server: Server,
    /** `host:port`, the form of AWS_LAMBDA_RUNTIME_API. */
    readonly address: string,
  ) {}

  /** Listens on a free loopback port. */
  static async start(listener: RuntimeListener): Promise<RuntimeApi> {
    const server = createServer();
    // A runtime client keeps one connection, idle while a handler runs and while the process is frozen. Node would
    // close it after 5 s (keep-alive) or 300 s (request), and the answer would meet a reset.
    server.keepAliveTimeout = 0;
    server.requestTimeout = 0;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    const bound = server.address();
    if (bound === null || typeof bound === 'string') throw new Error('the Runtime API got no port');
    const api = new RuntimeApi(server, `127.0.0.1:${bound.port}`);
    server.on('request', (request, response) => api.handle(listener, request, response));
    return api;
  }

  /** Answers the waiting `next`. Throws when none waits: an environment runs one invocation at a time. */
  deliver(invocation: Invocation): void {
    const response = this.heldNext;
    if (response === null) throw new Error('the runtime has not asked for work');
    this.heldNext = null;
    response.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': invocation.requestId,
      'lambda-runtime-deadline-ms': String(invocation.deadlineMs),
      'lambda-runtime-invoked-function-arn': invocation.functionArn,
      'lambda-runtime-trace-id': `Root=1-${invocation.requestId.slice(0, 8)}-${'0'.repeat(24)};Sampled=0`,
    });
    response.end(invocation.event);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private handle(listener: RuntimeListener, request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    if (request.method === 'GET' && path === `${PREFIX}invocation/next`) {
      this.heldNext = response;
      listener.next();
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A process killed in the middle of its answer: its exit is the result, not this half body.
    request.on('error', () => undefined);
    request.on('end', () => {
      const status = request.method === 'POST' ? told(listener, path, Buffer.concat(chunks).toString()) : 404;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(status === 202 ? '{"status":"OK"}' : '{"errorType":"InvalidRequestID"}');
    });
  }
}

function told(listener: RuntimeListener, path: string, body: string): number {
  if (path === `${PREFIX}init/error`) {
    listener.initError(body);
    return 202;
  }
  const [, requestId, kind] = /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
  if (requestId === undefined) return 404;
  const known = kind === 'response' ? listener.response(requestId, body) : listener.error(requestId, body);
  return known ? 202 : 400;
}
