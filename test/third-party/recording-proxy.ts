import { createServer, type IncomingHttpHeaders, request as send } from 'node:http';

/** Stands between a client and a stand-in, passes everything on as it is, and keeps what was sent and how it was answered. */
export interface RecordedCall {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Null when the connection was reset. */
  readonly status: number | null;
  readonly answer: Buffer;
}

export interface RecordingProxy {
  readonly url: string;
  /** In the order of their ends. */
  readonly calls: readonly RecordedCall[];
  close(): Promise<void>;
}

/** `targetUrl`: `http://127.0.0.1:PORT` of the stand-in. */
export async function startRecordingProxy(targetUrl: string): Promise<RecordingProxy> {
  const calls: RecordedCall[] = [];
  const server = createServer((request, response) => {
    const { method = 'GET', url: path = '/', headers } = request;
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces);
      const ended = (status: number | null, answer: Buffer) =>
        calls.push({ method, path, headers, body, status, answer });
      const passed = send(new URL(path, targetUrl), { method, headers, agent: false }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (piece: Buffer) => parts.push(piece));
        answer.on('end', () => {
          ended(answer.statusCode ?? null, Buffer.concat(parts));
          response.writeHead(answer.statusCode ?? 502, answer.headers).end(Buffer.concat(parts));
        });
      });
      passed.on('error', () => {
        ended(null, Buffer.alloc(0));
        request.socket.resetAndDestroy();
      });
      passed.end(body);
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
