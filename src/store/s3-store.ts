import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { hearDates, type RequestLimits, withinTime } from './s3-request';
import { type Asked, refusalOf, storeFailure } from './s3-failure';
import { checkStateKey, isStateKey } from './state-key';
import { StoreClock } from './store-clock';
import type { ListOptions, StatePage, StateStore, Stored, WriteCondition, Written } from './state-store';

export interface S3StoreOptions extends Partial<RequestLimits> {
  /** Default 10 s: S3 answers small requests in some 100 ms, and a client's three attempts fit in. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/** S3's own most. */
const MAX_LISTED = 1_000;

/**
 * State as objects of one bucket, by S3's conditional writes (S3 User Guide, "Conditional requests"). `prefix` stands
 * before every key: empty, or segments that end with a slash. Throws StoreUnavailable with what S3 said.
 *
 * A tag is an ETag, which S3 may make of the content alone: two equal bodies can have equal tags.
 */
export function s3Store(client: S3Client, bucket: string, prefix = '', options: S3StoreOptions = {}): StateStore {
  if (prefix !== '' && !(prefix.endsWith('/') && isStateKey(prefix.slice(0, -1))))
    throw new RangeError(`the prefix ${JSON.stringify(prefix)} must be empty, or segments that end with a slash`);
  const { signal, timeoutMs = DEFAULT_TIMEOUT_MS, until } = options;
  return new S3Store(client, { bucket, prefix, limits: { signal, timeoutMs, until } });
}

interface Place {
  readonly bucket: string;
  readonly prefix: string;
  readonly limits: RequestLimits;
}

class S3Store implements StateStore {
  private readonly clock = new StoreClock();

  constructor(
    private readonly client: S3Client,
    private readonly place: Place,
  ) {}

  readonly nowMs = (): number => this.clock.nowMs();

  readonly get = async (key: string): Promise<Stored | null> => {
    const command = new GetObjectCommand(this.object(key));
    const answeredMs = hearDates(command, this.clock);
    const asked: Asked = { action: 'read', ...this.object(key) };
    const read = await this.ask(asked, async (abortSignal) => {
      const { Body, ETag, LastModified } = await this.client.send(command, { abortSignal });
      return { body: (await Body?.transformToString('utf8')) ?? '', ETag, LastModified };
    });
    if (read === 'absent') return null;
    if (typeof read === 'string') throw storeFailure(new Error(`the answer ${read} to a read`), asked);
    const { body, ETag, LastModified } = read;
    if (ETag === undefined || LastModified === undefined)
      throw storeFailure(new Error('an answer without ETag or Last-Modified'), asked);
    return { body, tag: ETag, modifiedMs: LastModified.getTime(), answeredMs: answeredMs() ?? this.nowMs() };
  };

  readonly put = async (key: string, body: string, condition: WriteCondition): Promise<Written> => {
    const command = new PutObjectCommand({
      ...this.object(key),
      // Bytes, not a stream: not every S3 undoes the chunks that the client sends a stream in.
      Body: Buffer.from(body),
      ContentType: 'application/json',
      ...(condition === 'absent' ? { IfNoneMatch: '*' } : {}),
      ...(typeof condition === 'object' ? { IfMatch: condition.tag } : {}),
    });
    hearDates(command, this.clock);
    const asked: Asked = { action: 'written', ...this.object(key) };
    const written = await this.ask(asked, (abortSignal) => this.client.send(command, { abortSignal }));
    if (written === 'absent') return { kind: 'gone' };
    if (written === 'conflict') return { kind: 'conflict' };
    if (written.ETag === undefined) throw storeFailure(new Error('an answer without ETag'), asked);
    return { kind: 'written', tag: written.ETag };
  };

  readonly list = async (prefix: string, { after = null, max = MAX_LISTED }: ListOptions = {}): Promise<StatePage> => {
    for (let from = after; ; ) {
      const page = await this.page(this.place.prefix + prefix, from, max);
      const listed = (page.Contents ?? []).map(({ Key = '', LastModified }) => ({
        key: Key.slice(this.place.prefix.length),
        modifiedMs: LastModified?.getTime() ?? 0,
      }));
      // A console that makes "folders" leaves keys of its own, which end with a slash.
      const entries = listed.filter(({ key }) => isStateKey(key));
      const hasMore = page.IsTruncated === true;
      if (entries.length > 0 || !hasMore) return { entries, hasMore };
      from = listed.at(-1)?.key ?? null;
    }
  };

  readonly remove = async (key: string, condition?: { readonly tag: string }): Promise<'removed' | 'changed'> => {
    const command = new DeleteObjectCommand({
      ...this.object(key),
      ...(condition === undefined ? {} : { IfMatch: condition.tag }),
    });
    hearDates(command, this.clock);
    const asked: Asked = { action: 'removed', ...this.object(key) };
    const removed = await this.ask(asked, (abortSignal) => this.client.send(command, { abortSignal }));
    return removed === 'conflict' ? 'changed' : 'removed';
  };

  private async page(Prefix: string, after: string | null, MaxKeys: number): Promise<ListObjectsV2CommandOutput> {
    const StartAfter = after === null ? {} : { StartAfter: this.place.prefix + after };
    const command = new ListObjectsV2Command({ Bucket: this.place.bucket, Prefix, MaxKeys, ...StartAfter });
    hearDates(command, this.clock);
    const asked: Asked = { action: 'listed', Bucket: this.place.bucket, Key: Prefix };
    const page = await this.ask(asked, (abortSignal) => this.client.send(command, { abortSignal }));
    if (typeof page === 'string') throw storeFailure(new Error(`the answer ${page} to a list`), asked);
    return page;
  }

  private object(key: string): { readonly Bucket: string; readonly Key: string } {
    checkStateKey(key);
    return { Bucket: this.place.bucket, Key: this.place.prefix + key };
  }

  /** The answer, or what the refusal means. */
  private async ask<T>(asked: Asked, send: (signal: AbortSignal) => Promise<T>): Promise<T | 'absent' | 'conflict'> {
    try {
      return await withinTime(this.place.limits, send);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === null) throw storeFailure(error, asked);
      return refusal;
    }
  }
}
