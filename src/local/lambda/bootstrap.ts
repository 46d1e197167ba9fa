/**
 * The runtime inside a local function's process: loads the handler, asks the Runtime API for events and tells it the
 * results, as AWS's own Node.js runtime does. It is stripped of its types and started by a bare `node` of any version
 * (see `own-runtime-client.ts`): nothing but Node's own modules may be imported here.
 */
import { existsSync } from 'node:fs';
import http, { type IncomingHttpHeaders } from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

type Handler = (event: unknown, context: object) => unknown;

const [hostname, port] = (process.env.AWS_LAMBDA_RUNTIME_API ?? '').split(':');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
let requestId = '-';

interface Answer {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function call(method: 'GET' | 'POST', route: string, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const target = { agent, hostname, port, method, path: `/2018-06-01/runtime/${route}` };
    const request = http.request(target, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ headers: response.headers, body: text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** One record a line, in the text form of Lambda's log: time, request id, level, message, with inner LF as CR. */
function recordWriter(level: string): (...values: unknown[]) => void {
  return (...values) => {
    const record = `${new Date().toISOString()}\t${requestId}\t${level}\t${format(...values)}`;
    process.stdout.write(`${record.replaceAll('\n', '\r')}\n`);
  };
}

function patchConsole(): void {
  console.trace = recordWriter('TRACE');
  console.debug = recordWriter('DEBUG');
  console.info = recordWriter('INFO');
  console.log = console.info;
  console.warn = recordWriter('WARN');
  console.error = recordWriter('ERROR');
}

/** Errors of the runtime itself carry the names AWS's runtime gives them. */
class RuntimeError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = `Runtime.${name}`;
  }
}

function toRuntimeForm(error: unknown): string {
  const form =
    error instanceof Error
      ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
      : { errorType: typeof error, errorMessage: String(error), trace: [] };
  return JSON.stringify(form);
}

/** `dir/index.handler` is the export `handler` of `dir/index.js`, `.mjs` or `.cjs`. */
async function loadHandler(): Promise<Handler> {
  const name = process.env._HANDLER ?? '';
  const [, file, exported] = /^(.*?[^./]+)\.([^/]+)$/.exec(name) ?? [];
  if (file === undefined || exported === undefined) {
    throw new RuntimeError('MalformedHandlerName', `bad handler '${name}'`);
  }
  const base = path.resolve(process.env.LAMBDA_TASK_ROOT ?? '.', file);
  const found = ['.js', '.mjs', '.cjs'].map((extension) => base + extension).find((candidate) => existsSync(candidate));
  if (found === undefined) throw new RuntimeError('ImportModuleError', `Error: Cannot find module '${file}'`);
  const handler = exportOf(await import(pathToFileURL(found).href), exported);
  if (handler === undefined) throw new RuntimeError('HandlerNotFound', `${name} is undefined or not exported`);
  if (handler.length >= 3) {
    throw new RuntimeError('CallbackHandlerDeprecated', 'Node.js 24 has no callback-based handlers: return a promise');
  }
  return handler;
}

/** Of a CommonJS file only the exports Node can see are named ones; the default holds them all. */
function exportOf(loaded: unknown, name: string): Handler | undefined {
  if (typeof loaded !== 'object' || loaded === null) return undefined;
  const named: unknown = Reflect.get(loaded, name);
  if (isHandler(named)) return named;
  return 'default' in loaded && loaded.default !== loaded ? exportOf(loaded.default, name) : undefined;
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}

function contextOf(headers: IncomingHttpHeaders): object {
  const deadlineMs = Number(headers['lambda-runtime-deadline-ms']);
  return {
    awsRequestId: requestId,
    invokedFunctionArn: String(headers['lambda-runtime-invoked-function-arn']),
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
}

function serialize(result: unknown): string {
  try {
    // Nothing, a function or a symbol has no JSON text.
    return JSON.stringify(result) ?? 'null';
  } catch {
    throw new RuntimeError('JSONStringifyError', 'Unable to stringify response body');
  }
}

async function handleNext(handler: Handler): Promise<void> {
  const { headers, body } = await call('GET', 'invocation/next');
  requestId = String(headers['lambda-runtime-aws-request-id']);
  let answer: string;
  try {
    answer = serialize(await handler(JSON.parse(body), contextOf(headers)));
  } catch (error) {
    const reported = toRuntimeForm(error);
    console.error('Invoke Error', reported);
    await call('POST', `invocation/${requestId}/error`, reported);
    return;
  }
  await call('POST', `invocation/${requestId}/response`, answer);
}

async function main(): Promise<void> {
  patchConsole();
  let handler: Handler;
  try {
    handler = await loadHandler();
  } catch (error) {
    const reported = toRuntimeForm(error);
    console.error('Init Error', reported);
    await call('POST', 'init/error', reported);
    process.exit(1);
  }
  for (;;) await handleNext(handler);
}

// The Runtime API is gone when the host is: nothing is left to do, and nobody to tell.
main().catch(() => process.exit(1));
