import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type HttpAnswer, type HttpClient, openHttpClient } from '../../../src/sinks/http/http-client';
import { statusResult } from '../../../src/sinks/http/status';

const WORDS = { partner: 'Partner', token: 'the token', model: 'the model' };

describe('the HTTP client', () => {
  let server: Server;
  let client: HttpClient;
  let origin: string;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const sockets = new Set<unknown>();

  beforeEach(async () => {
    server = createServer((request, response) => {
      sockets.add(request.socket);
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = openHttpClient({ origin, timeoutMs: 300, maxConnections: 2 });
    sockets.clear();
  });

  afterEach(async () => {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const send = (signal = new AbortController().signal): Promise<HttpAnswer> =>
    client.send({
      method: 'POST',
      url: new URL('/path?q=1', origin),
      headers: { authorization: 'secret' },
      body: '[1]',
      signal,
    });

  test('sends the request whole and reads the answer, over a connection it keeps', async () => {
    answer = (request, response) => {
      const chunks: Buffer[] = [];
      request
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () =>
          response.end(
            `${request.method} ${request.url} ${request.headers.authorization} ${request.headers['content-length']} ${Buffer.concat(chunks).toString()}`,
          ),
        );
    };

    for (let i = 0; i < 5; i += 1)
      expect(await send()).toMatchObject({ status: 200, text: 'POST /path?q=1 secret 3 [1]' });
    expect(sockets.size).toBeLessThanOrEqual(2);
  });

  test('hands a redirect back instead of following it, so the token goes nowhere else', async () => {
    let elsewhere = 0;
    const other = createServer((_, response) => response.end(String((elsewhere += 1))));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    answer = (_, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${(other.address() as AddressInfo).port}/` }).end();

    const got = await send();

    expect([got, elsewhere]).toEqual([expect.objectContaining({ status: 307 }), 0]);
    expect(statusResult(got, WORDS, '')).toMatchObject({ kind: 'misconfigured', code: 'SINK_REDIRECTS' });
    other.close();
  });

  test('gives up at its deadline, also when the answer only drips', async () => {
    answer = (_, response) => {
      response.write('x');
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    };

    expect(await send()).toEqual({ kind: 'failure', reason: 'no answer within 300 ms' });
  });

  test('is cut when the run ends', async () => {
    const abort = new AbortController();
    answer = () => setImmediate(() => abort.abort());

    expect(await send(abort.signal)).toEqual({ kind: 'failure', reason: 'this run ended' });
  });

  test('reads no more than the start of an endless error page', async () => {
    answer = (_, response) => {
      response.writeHead(500, { 'content-type': 'text/html' });
      const more = (): void =>
        void (response.writableEnded || response.destroyed || response.write('e'.repeat(65_536), more));
      more();
    };
    const got = await send();

    expect(got).toMatchObject({ status: 500, isTruncated: true });
    expect(got.kind === 'answer' && got.text.length).toBe(65_536);
  });

  test('calls a reset, a refused connection and an unknown host a failure with its reason', async () => {
    answer = (request) => request.socket.destroy();
    expect(await send()).toMatchObject({ kind: 'failure' });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await send()).toMatchObject({ kind: 'failure', reason: expect.stringContaining('ECONNREFUSED') });
  });

  test.each([
    [200, undefined],
    [207, undefined],
    [302, 'misconfigured'],
    [400, 'rejected'],
    [401, 'misconfigured'],
    [403, 'misconfigured'],
    [404, 'misconfigured'],
    [408, 'retryable'],
    [413, 'too-large'],
    [415, 'misconfigured'],
    [422, 'rejected'],
    [429, 'retryable'],
    [500, 'retryable'],
    [501, 'misconfigured'],
    [502, 'retryable'],
    [503, 'retryable'],
  ])('status %d means %s', async (status, kind) => {
    answer = (_, response) => response.writeHead(status, { 'retry-after': '2' }).end('{}');
    const result = statusResult(await send(), WORDS, '');

    expect(result?.kind).toBe(kind);
    if (result?.kind === 'retryable') expect(result.waitMs).toBe(2_000);
  });
});
