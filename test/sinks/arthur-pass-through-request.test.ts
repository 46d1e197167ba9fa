import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ARTHUR_OPEN_ID } from '../../src/local/partners/demo-models';
import { captureLine } from '../support/capture-events';
import { openPassThrough, passThrough, SINGLES, text } from '../support/pass-through';

describe('the request of a pass-through', () => {
  let server: Server;
  let opened: Awaited<ReturnType<typeof openPassThrough>>;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  beforeEach(async () => {
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    opened = await openPassThrough(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, 400);
  });
  afterEach(async () => {
    await opened.sink.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test.each([
    ['application/x-own', 'application/x-own'],
    ['a\r\nb', 'binary/octet-stream'],
    [null, 'binary/octet-stream'],
  ])("is the guide's, byte for byte; an object of type %j is sent as %s", async (contentType, sent) => {
    let received = '';
    let body = '';
    answer = (request, response) => {
      received = `${request.method} ${request.url} ${request.headers.authorization}`;
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => response.writeHead(207).end('{}'));
    };
    const odd = captureLine({ eventId: 'ü 1.50' }).replace('{', '{ ');
    const stored = { contentType, [Symbol.asyncIterator]: () => text(`${odd}\r\n${captureLine()}`) };
    const { tally } = await passThrough(opened, stored);

    const [head = '', lines] = body.split('\r\n\r\n');
    const boundary = head.split('\r\n')[0] ?? '';
    expect(received).toBe(
      `POST /api/v3/models/${ARTHUR_OPEN_ID}/inferences/integrations/sagemaker_data_capture a-token`,
    );
    expect(head).toBe(
      `${boundary}\r\nContent-Disposition: form-data; name="inference_data"; filename="smdatacapture.jsonl"\r\nContent-Type: ${sent}`,
    );
    expect(lines).toBe(`${odd}\n${captureLine()}\n\r\n${boundary}--\r\n`);
    expect(tally).toMatchObject({ delivered: 2, accepted: 2 });
  });

  test('reads the file no faster than the partner, and gives up when nothing moves any more', async () => {
    answer = (request) => request.pause();
    let readBytes = 0;
    const bytes = async function* (): AsyncGenerator<Uint8Array> {
      const piece = Buffer.from(SINGLES.repeat(200));
      for (let at = 0; at < 1_000; at += 1) {
        readBytes += piece.length;
        yield piece;
        await Promise.resolve();
      }
    };
    const { stop, complete } = await passThrough(opened, bytes());

    expect([complete, stop?.reason]).toEqual([false, expect.stringContaining('no answer within 400 ms')]);
    expect(readBytes).toBeLessThan(32 << 20);
  });

  test('that takes longer than a request may, but moves on, comes to its end', async () => {
    answer = (request, response) => {
      request.resume();
      request.on('end', () => response.writeHead(207).end('{}'));
    };
    const bytes = async function* (): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < 8; at += 1) {
        yield Buffer.from(SINGLES.repeat(100));
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };

    expect((await passThrough(opened, bytes())).tally).toMatchObject({ captured: 2_400, delivered: 2_400 });
  });

  test.each([401, 207])('answered %i before the file was sent is not delivered', async (status) => {
    answer = (_, response) => response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    const { tally, complete, stop } = await passThrough(opened, text(SINGLES.repeat(20_000)));

    expect([complete, stop === null]).toEqual([false, false]);
    expect(tally.delivered).toBe(0);
    expect(tally.inFlight).toBe(tally.captured);
  });
});
