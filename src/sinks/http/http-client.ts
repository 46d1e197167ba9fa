// For applications that compile this source as part of theirs, and know no declarations but those it names.
// oxlint-disable-next-line typescript/triple-slash-reference
/// <reference path="./undici-parts.d.ts" />
import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { Readable } from 'node:stream';
import type { Dispatcher, Pool as PoolType } from 'undici';
// Only the two files a sender needs: the whole of undici would double the bundle and its load time (docs/adr/0002).
import request from 'undici/lib/api/api-request.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import { codeOf, messageOf } from '../../core/errors';
import { isForbiddenHost, isLoopback } from './checked-url';
import { retryAfterMs } from './retry-after';

/**
 * One small sender for all HTTP sinks: keep-alive connections to one origin, a deadline on the whole exchange,
 * redirects handed back as they are, and answers read up to a bound. It never retries; `core/deliver.ts` does.
 */
export interface HttpClient {
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Absolute; its origin is the client's. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes that come piece by piece are sent as they come, at the pace the partner reads, and can be sent once only. */
  readonly body: string | AsyncIterable<Uint8Array> | null;
  readonly signal: AbortSignal;
}

export type HttpAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly retryAfterMs: number | null;
      readonly contentType: string;
      readonly text: string;
      /** The body was longer than the bound, and `text` is only its start. */
      readonly isTruncated: boolean;
    }
  /** No whole answer: refused, reset, timed out. The partner may have stored the batch all the same. */
  | { readonly kind: 'failure'; readonly reason: string };

export interface HttpClientOptions {
  readonly origin: string;
  /** Milliseconds for one exchange, from connecting to the last byte; each piece of a streamed body begins them anew. */
  readonly timeoutMs: number;
  readonly maxConnections: number;
}

// Row-by-row answers for 5,000 rows stay below 2 MB; an error page is worth its first lines.
const MAX_ANSWER_BYTES = 16 << 20;
const MAX_ERROR_BYTES = 64 << 10;

export function openHttpClient(options: HttpClientOptions): HttpClient {
  const { hostname } = new URL(options.origin);
  const pool: PoolType = new Pool(options.origin, {
    connections: options.maxConnections,
    connect: {
      timeout: Math.min(10_000, options.timeoutMs),
      ...(isLoopback(hostname) ? {} : { lookup: guardedLookup }),
    },
    // A Lambda sleeps between invocations; a connection older than the partner's idle limit would only fail.
    keepAliveTimeout: 4_000,
  });
  return {
    send: (outgoing) => exchange(pool, outgoing, options.timeoutMs),
    close: () => pool.destroy(),
  };
}

async function exchange(pool: PoolType, outgoing: HttpRequest, timeoutMs: number): Promise<HttpAnswer> {
  const abort = new AbortController();
  const stop = (): void => abort.abort(new Error('this run ended'));
  const timer = setTimeout(() => abort.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  outgoing.signal.addEventListener('abort', stop, { once: true });
  try {
    if (outgoing.signal.aborted) stop();
    const response = await request.call(pool, {
      method: outgoing.method,
      path: outgoing.url.pathname + outgoing.url.search,
      headers: { ...outgoing.headers },
      body: streamed(outgoing.body, () => void timer.refresh()),
      signal: abort.signal,
    });
    return await readAnswer(response);
  } catch (error) {
    return { kind: 'failure', reason: failureReason(abort.signal.aborted ? abort.signal.reason : error) };
  } finally {
    clearTimeout(timer);
    outgoing.signal.removeEventListener('abort', stop);
  }
}

function streamed(body: HttpRequest['body'], onPiece: () => void): string | Readable | null {
  return body === null || typeof body === 'string'
    ? body
    : Readable.from(watched(body, onPiece), { objectMode: false });
}

/** A wrapper of its own, so that a cut request ends the body's generator as `break` does, and never throws into it. */
async function* watched(body: AsyncIterable<Uint8Array>, onPiece: () => void): AsyncGenerator<Uint8Array> {
  for await (const piece of body) {
    onPiece();
    yield piece;
  }
}

async function readAnswer(response: Dispatcher.ResponseData): Promise<HttpAnswer> {
  const maxBytes = response.statusCode < 300 ? MAX_ANSWER_BYTES : MAX_ERROR_BYTES;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) break;
  }
  return {
    kind: 'answer',
    status: response.statusCode,
    retryAfterMs: retryAfterMs(header(response, 'retry-after'), Date.now()),
    contentType: header(response, 'content-type') ?? '',
    text: Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8'),
    isTruncated: bytes > maxBytes,
  };
}

function header(response: Dispatcher.ResponseData, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function failureReason(error: unknown): string {
  const code = codeOf(error);
  const message = messageOf(error);
  return code === null || message.includes(code) ? message : `${code} ${message}`;
}

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** DNS with one more question: a configured name that resolves to a metadata address is refused at the last moment. */
function guardedLookup(hostname: string, options: LookupOptions, callback: LookupCallback): void {
  dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '');
    const forbidden = addresses.find((each) => isForbiddenHost(each.address));
    if (forbidden !== undefined)
      return callback(new Error(`${hostname} resolves to a link-local or metadata address`), '');
    const [first] = addresses;
    if (options.all === true || first === undefined) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
}
