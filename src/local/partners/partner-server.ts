import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { RequestHook } from '../request-hook';
import { type Answer, jsonAnswer } from './answer';
import { type FaultStep, stepOf } from './fault-steps';
import type { FaultCall, PartnerFaults } from './faults';
import { drainBody, type RequestStream } from './request-body';

/** The HTTP server under both stand-ins: counts calls, lets faults strike, and sends the answers the partner gives. */
export interface PartnerCall<F> extends FaultCall {
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly request: RequestStream;
  /** A fault inside the partner's own answer, for the partner to act out. */
  readonly fault: F | null;
}

export interface Partner<F> {
  readonly faults: PartnerFaults<F>;
  /** Whether the call brings data. */
  readonly isIngest: (method: string, path: string) => boolean;
  /** Told of every call, also of those a fault then strikes. */
  readonly seen?: (call: FaultCall, headers: IncomingHttpHeaders) => void;
  readonly onRequest?: RequestHook | undefined;
  /** What a person sees who opens the address. */
  readonly status: () => unknown;
  /** The partner's own form of an error. */
  readonly error: (status: number, message: string) => Answer;
  /** Null when the caller went away. */
  readonly handle: (call: PartnerCall<F>) => Promise<Answer | null>;
}

export interface PartnerServer {
  readonly url: string;
  readonly port: number;
  readonly requests: () => number;
  readonly close: () => Promise<void>;
}

/** Serves on loopback only. `port` 0 takes a free one; a port in use rejects with the system's error. */
export async function servePartner<F extends { readonly kind: string }>(
  partner: Partner<F>,
  port: number,
): Promise<PartnerServer> {
  const stop = new AbortController();
  const count = { requests: 0, ingest: 0 };
  const server = createServer((request, response) => {
    void serve(partner, request, response, count, stop.signal).catch(() => response.destroy());
  });
  // Faults may hold an answer back longer than Node's default of five minutes.
  server.requestTimeout = 0;
  await listen(server, port);
  const bound = boundPort(server);
  const close = async () => {
    stop.abort();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections(); // hanging answers would keep the server open for ever
    await closed;
  };
  return { url: `http://127.0.0.1:${bound}`, port: bound, requests: () => count.requests, close };
}

function boundPort(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server is not on a TCP port');
  return address.port;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function serve<F extends { readonly kind: string }>(
  partner: Partner<F>,
  request: IncomingMessage,
  response: ServerResponse,
  count: { requests: number; ingest: number },
  stopped: AbortSignal,
): Promise<void> {
  const method = request.method ?? 'GET';
  const url = new URL(request.url ?? '/', 'http://stand-in.invalid');
  if (method === 'GET' && url.pathname === '/') return send(response, jsonAnswer(200, partner.status()));
  count.requests += 1;
  const ingestNumber = partner.isIngest(method, url.pathname) ? (count.ingest += 1) : null;
  const call: FaultCall = { number: count.requests, ingestNumber, method, path: url.pathname };
  partner.seen?.(call, request.headers);
  await partner.onRequest?.(request, 'before');
  const { before, inside, after } = stepOf(partner.faults.strike(call), partner.error);
  if (before !== null) {
    // The caller has then sent everything, so an answer can be read and a reset is as ambiguous as on a real network.
    if (!(await drainBody(request))) return;
    await partner.onRequest?.(request, 'after');
    await act(before, null, response, stopped);
    return;
  }
  const answer = await answerOf(partner, {
    ...call,
    query: url.searchParams,
    headers: request.headers,
    request,
    fault: inside,
  });
  await partner.onRequest?.(request, 'after');
  if (answer !== null) await act(after, answer, response, stopped);
}

/** A bug of the stand-in must show up in the caller's test, not end the process. */
async function answerOf<F>(partner: Partner<F>, call: PartnerCall<F>): Promise<Answer | null> {
  try {
    return await partner.handle(call);
  } catch (error) {
    return partner.error(500, `the stand-in failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function act(
  step: FaultStep | null,
  answer: Answer | null,
  response: ServerResponse,
  stopped: AbortSignal,
): Promise<void> {
  const outcome = step === null ? answer : await step(answer, stopped);
  if (outcome === 'reset') response.socket?.resetAndDestroy();
  else if (outcome !== 'hang' && outcome !== null) send(response, outcome);
}

function send(response: ServerResponse, answer: Answer): void {
  const body = Buffer.from(answer.body);
  // No `connection: close` for a body refused half way: closing with unread bytes resets the connection, and the caller
  // might never read the 413. Node reads the rest to its end and throws it away.
  response.writeHead(answer.status, { ...answer.headers, 'content-length': String(body.length) });
  response.end(body);
}
