import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type ArthurOptions, startArthur } from '../../src/local/partners/arthur';
import { type FiddlerOptions, startFiddler } from '../../src/local/partners/fiddler';
import { type S3Server, startS3Server } from '../../src/local/s3/server';
import { ForwardFunction, type FunctionSettings, type Partners } from '../e2e/forward-function';

/**
 * Everything the bundled forward handler meets, on loopback: a real S3 API, the two partners, and Lambda's own way of
 * running it. A test puts objects with the AWS SDK, invokes with an event, and looks at what the partners hold.
 */

/** Has versioning. */
export const BUCKET = 'captures';
/** Has none. */
export const PLAIN_BUCKET = 'plain-captures';

export const ARTHUR_TOKEN = 'arthur-secret-4711';
export const FIDDLER_TOKEN = 'fiddler-secret-4712';

export interface StackOptions {
  readonly arthur: Omit<ArthurOptions, 'token'>;
  readonly fiddler: Omit<FiddlerOptions, 'token'>;
  readonly settings: (partners: Partners) => FunctionSettings;
}

/** An object as S3 tells of it in a notification. */
export interface PutResult {
  readonly bucket: string;
  readonly key: string;
  /** Null where the bucket has no versioning. */
  readonly versionId: string | null;
  /** Without quotes. */
  readonly eTag: string;
  readonly sizeBytes: number;
}

export class ForwardStack {
  private readonly functions: ForwardFunction[] = [];

  private constructor(
    readonly s3: S3Server,
    /** One line a request, as `GET /bucket/key 206`. */
    readonly s3Log: readonly string[],
    readonly client: S3Client,
    readonly partners: Partners,
    private readonly folder: string,
  ) {}

  static async start(options: StackOptions): Promise<{ stack: ForwardStack; forward: ForwardFunction }> {
    const folder = await mkdtemp(join(tmpdir(), 'capture-relay-e2e-'));
    const s3Log: string[] = [];
    const [s3, arthur, fiddler] = await Promise.all([
      startS3Server({ directory: join(folder, 's3'), log: (line) => s3Log.push(line) }),
      startArthur({ token: ARTHUR_TOKEN, ...options.arthur }),
      startFiddler({ token: FIDDLER_TOKEN, ...options.fiddler }),
    ]);
    s3.createBucket(BUCKET, { versioning: true });
    s3.createBucket(PLAIN_BUCKET);
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = new S3Client({ endpoint: s3.url, region: 'us-east-1', credentials });
    const stack = new ForwardStack(s3, s3Log, client, { arthur, fiddler }, folder);
    return { stack, forward: await stack.function(options.settings({ arthur, fiddler })) };
  }

  /** Another function beside the first, in a process of its own. */
  async function(settings: FunctionSettings): Promise<ForwardFunction> {
    const started = await ForwardFunction.start(settings, this.partners, this.s3.url, this.folder);
    this.functions.push(started);
    return started;
  }

  /** A stream needs its length in bytes. */
  async put(key: string, body: string | Readable, lengthBytes?: number, bucket = BUCKET): Promise<PutResult> {
    const sizeBytes = typeof body === 'string' ? Buffer.byteLength(body) : (lengthBytes ?? 0);
    const { ETag, VersionId } = await this.client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentLength: sizeBytes }),
    );
    return { bucket, key, versionId: VersionId ?? null, eTag: (ETag ?? '').replaceAll('"', ''), sizeBytes };
  }

  /** Into the bucket without versioning. */
  putPlain(key: string, body: string): Promise<PutResult> {
    return this.put(key, body, undefined, PLAIN_BUCKET);
  }

  async remove({ bucket, key, versionId }: PutResult): Promise<void> {
    const version = versionId === null ? {} : { VersionId: versionId };
    await this.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, ...version }));
  }

  /** Takes back faults and rotated tokens; what is stored stays. */
  heal(): void {
    this.s3.faults.clear();
    this.partners.arthur.faults.clear();
    this.partners.fiddler.faults.clear();
    this.partners.arthur.token = ARTHUR_TOKEN;
    this.partners.fiddler.token = FIDDLER_TOKEN;
  }

  async close(): Promise<void> {
    await Promise.all(this.functions.map((each) => each.close()));
    this.client.destroy();
    await Promise.all([this.s3.close(), this.partners.arthur.close(), this.partners.fiddler.close()]);
    await rm(this.folder, { recursive: true, force: true });
  }
}
