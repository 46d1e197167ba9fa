import { Agent, type Dispatcher, request } from 'undici';

/** Raw HTTP for the tests of the stand-ins: nothing retried, nothing interpreted but JSON. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Parsed, or undefined when the body is not JSON. */
  readonly json: unknown;
}

export interface Caller {
  (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  close(): Promise<void>;
}

/** `headers` go with every call; strings and buffers are sent as they are, all else as JSON. */
export function callerOf(baseUrl: string, headers: Record<string, string>): Caller {
  const agent = new Agent();
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    more: Record<string, string> = {},
  ): Promise<Reply> => {
    const raw = typeof body === 'string' || Buffer.isBuffer(body) || body === undefined;
    const type = raw ? {} : { 'content-type': 'application/json' };
    const answer = await request(new URL(path, baseUrl), {
      method: methodOf(method),
      headers: { ...type, ...headers, ...more },
      body: raw ? (body ?? null) : JSON.stringify(body),
      dispatcher: agent,
      headersTimeout: 3000,
    });
    const text = await answer.body.text();
    const contentType = answer.headers['content-type'];
    return { status: answer.statusCode, type: String(contentType), headers: answer.headers, text, json: jsonOf(text) };
  };
  return Object.assign(call, { close: () => agent.destroy() });
}

const METHODS: readonly Dispatcher.HttpMethod[] = ['GET', 'POST', 'PATCH', 'DELETE'];

function methodOf(text: string): Dispatcher.HttpMethod {
  const method = METHODS.find((known) => known === text);
  if (method === undefined) throw new Error(`the tests send no ${text}`);
  return method;
}

/** What stands at a path of a JSON answer; undefined where the path leads nowhere. */
export function at(json: unknown, ...path: string[]): unknown {
  let value = json;
  for (const name of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return value;
}

function jsonOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** A multipart form as the vendors' clients write it. */
export function formOf(parts: readonly { name: string; filename?: string; data: string | Buffer }[]): {
  body: Buffer;
  headers: { 'content-type': string };
} {
  const boundary = 'b0undary';
  const chunks = parts.flatMap(({ name, filename, data }) => {
    const file = filename === undefined ? '' : `; filename="${filename}"`;
    return [`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`, data, '\r\n'];
  });
  const body = Buffer.concat(
    [...chunks, `--${boundary}--\r\n`].map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk)),
  );
  return { body, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } };
}
