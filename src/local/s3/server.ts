/**
 * An S3-compatible store in this process, for one machine and for tests: what the flow needs and other emulators get wrong
 * (conditional writes, versions, ranges, aws-chunked bodies, odd keys, notifications), on 127.0.0.1 with path-style addresses.
 */
import { createServer } from 'node:http';
import type { Credentials } from './auth/signature';
import { Notifier, type NotifierOptions } from './events/notifier';
import type { NotificationRule } from './events/notification-rule';
import type { RequestHook } from '../request-hook';
import { FaultList, type S3Faults } from './faults/fault';
import { handleRequest } from './handle-request';
import { isBucketName } from './operations/bucket-operations';
import type { S3Service } from './operations/call';
import { MultipartUploads } from './store/multipart-uploads';
import { ObjectStore } from './store/object-store';

export type { S3EventRecord } from './events/event-record';
export type { NotificationRule } from './events/notification-rule';
export type { S3EventMessage, S3TestEvent } from './events/notifier';
export type { Fault, FaultKind, S3Faults } from './faults/fault';

export interface S3ServerOptions extends NotifierOptions {
  /** Where bodies and the journal live; created when missing, and read when an earlier server left them. */
  readonly directory: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** The clock of Date, Last-Modified and events; the machine's by default. */
  readonly now?: () => Date;
  /** Signatures are verified against these; without them anything is accepted. */
  readonly credentials?: Credentials;
  readonly onRequest?: RequestHook;
}

export interface S3Server {
  /** `http://127.0.0.1:PORT`: AWS clients use path-style addresses with an IP endpoint by themselves. */
  readonly url: string;
  readonly port: number;
  /** Makes a bucket, or keeps the one that is there; `versioning` true enables, false suspends what was enabled. */
  createBucket(name: string, options?: { versioning?: boolean }): void;
  /** Replaces the rules of this process. Throws when two of them overlap, as S3 would refuse them. */
  setNotification(bucket: string, rules: NotificationRule[]): void;
  readonly faults: S3Faults;
  /** Breaks off open requests and frees the port. What was stored stays in the directory. */
  close(): Promise<void>;
}

/** Clients keep idle connections longer than Node's 5 s and would meet a reset when they use one again. */
const KEEP_ALIVE_MS = 65_000;

/** Starts a server; resolves when it listens. Rejects when the port is taken. */
export async function startS3Server(options: S3ServerOptions): Promise<S3Server> {
  const now = options.now ?? (() => new Date());
  const store = new ObjectStore(options.directory, now);
  const notifier = new Notifier(options);
  const faults = new FaultList();
  const service: S3Service = { store, uploads: new MultipartUploads(store.bodies), notifier, faults, now };
  const context = {
    service,
    credentials: options.credentials ?? null,
    log: options.log ?? (() => {}),
    onRequest: options.onRequest ?? (() => undefined),
  };
  const server = createServer((message, response) => void handleRequest(context, message, response));
  // Uploads may take as long as they like; a test holds one open on purpose.
  server.requestTimeout = 0;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a TCP port');
  const { port } = address;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    createBucket: (name, { versioning } = {}) => createBucket(store, name, versioning),
    setNotification: (bucket, rules) => notifier.setLocalRules(bucket, rules),
    faults,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      store.close();
    },
  };
}

function createBucket(store: ObjectStore, name: string, versioning: boolean | undefined): void {
  if (!isBucketName(name)) throw new Error(`not a valid bucket name: ${name}`);
  if (store.bucket(name) === null) store.createBucket(name);
  const bucket = store.bucket(name);
  if (bucket === null) return;
  if (versioning === true) store.setVersioning(bucket, 'Enabled');
  if (versioning === false && bucket.versioning === 'Enabled') store.setVersioning(bucket, 'Suspended');
}
