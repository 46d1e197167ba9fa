/** A store on a free port over a fresh directory, an AWS client pointed at it, and plain HTTP for what the client cannot say. */
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { type S3Server, type S3ServerOptions, startS3Server } from '../../../src/local/s3/server';

// The client's notice about Node 20 would stand above every test's output.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

export const BUCKET = 'captures';
export const CREDENTIALS = { accessKeyId: 'LOCALKEY', secretAccessKey: 'local-secret' };

export interface RunningServer {
  readonly server: S3Server;
  readonly client: S3Client;
  readonly directory: string;
  stop(): Promise<void>;
}

/** One bucket, `captures`. The client tries once, so that a test sees the first answer. */
export async function startServer(
  options: Partial<S3ServerOptions> & { versioning?: boolean } = {},
): Promise<RunningServer> {
  const { versioning, ...serverOptions } = options;
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 's3-')));
  const server = await startS3Server({ ...serverOptions, directory });
  server.createBucket(BUCKET, versioning === undefined ? {} : { versioning });
  const client = clientFor(server);
  return {
    server,
    client,
    directory,
    stop: async () => {
      client.destroy();
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export function clientFor(server: S3Server, config: S3ClientConfig = {}): S3Client {
  return new S3Client({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: CREDENTIALS,
    maxAttempts: 1,
    ...config,
  });
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends exactly this path and these headers. Rejects when the connection breaks. */
export function raw(
  server: S3Server,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body: Buffer | string = '',
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const length = method === 'PUT' || method === 'POST' ? { 'content-length': String(Buffer.byteLength(body)) } : {};
    const sent = request(
      { host: '127.0.0.1', port: server.port, method, path, headers: { ...length, ...headers }, agent: false },
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** What a refused command threw, as name and status: `NoSuchKey 404`. */
export async function refusalOf(command: Promise<unknown>): Promise<string> {
  try {
    await command;
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
    return `${name} ${$metadata?.httpStatusCode ?? 'no answer'}`;
  }
  return 'not refused';
}
