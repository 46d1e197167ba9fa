import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetBucketNotificationConfigurationCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { type LedgerEntry, readEntry } from '../../../src/ledger/entry';
import { awsSignedHeaders } from '../../../src/sinks/http/aws-signature';

/** The account as MiniStack has it, looked at through AWS's own API. */
export const ACCESS_KEY = 'ministack';
export const REGION = 'us-east-1';
export const ACCESS = { region: REGION, credentials: { accessKeyId: ACCESS_KEY, secretAccessKey: ACCESS_KEY } };

const FUNCTIONS = z.object({ Functions: z.array(z.object({ FunctionName: z.string(), Runtime: z.string() })) });
const MAPPINGS = z.object({
  EventSourceMappings: z.array(
    z.object({ UUID: z.string(), EventSourceArn: z.string(), LastProcessingResult: z.string().optional() }),
  ),
});
export type EventSource = z.infer<typeof MAPPINGS>['EventSourceMappings'][number];

export class Account {
  readonly s3: S3Client;
  readonly sqs: SQSClient;

  constructor(private readonly url: string) {
    this.s3 = new S3Client({ endpoint: url, forcePathStyle: true, ...ACCESS });
    this.sqs = new SQSClient({ endpoint: url, ...ACCESS });
  }

  close(): void {
    for (const client of [this.s3, this.sqs]) client.destroy();
  }

  async put(bucket: string, { key, text }: { readonly key: string; readonly text: string }): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text }));
  }

  async keys(bucket: string, prefix = ''): Promise<string[]> {
    const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
    return Contents.map(({ Key = '' }) => Key);
  }

  async ledger(stateBucket: string): Promise<LedgerEntry[]> {
    const keys = await this.keys(stateBucket, 'ledger/');
    return Promise.all(
      keys.map(async (key) => {
        const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: stateBucket, Key: key }));
        return readEntry((await Body?.transformToString()) ?? '', key);
      }),
    );
  }

  /** Without what the client adds to every answer. */
  async notifications(bucket: string): Promise<NotificationConfiguration> {
    const { $metadata: _of, ...configuration } = await this.s3.send(
      new GetBucketNotificationConfigurationCommand({ Bucket: bucket }),
    );
    return configuration;
  }

  async writeNotifications(bucket: string, configuration: NotificationConfiguration): Promise<void> {
    await this.s3.send(
      new PutBucketNotificationConfigurationCommand({ Bucket: bucket, NotificationConfiguration: configuration }),
    );
  }

  /** The one whose name holds all of these. */
  async queueUrl(...words: string[]): Promise<string> {
    const { QueueUrls = [] } = await this.sqs.send(new ListQueuesCommand({}));
    return only(QueueUrls, words, (url) => url.split('/').at(-1) ?? '');
  }

  async functions(): Promise<z.infer<typeof FUNCTIONS>['Functions']> {
    return FUNCTIONS.parse(await this.lambda('GET', 'functions/')).Functions;
  }

  async invoke(...words: string[]): Promise<unknown> {
    const { FunctionName } = only(await this.functions(), words, (each) => each.FunctionName);
    return this.lambda('POST', `functions/${FunctionName}/invocations`, {});
  }

  async eventSource(...words: string[]): Promise<EventSource> {
    const { EventSourceMappings } = MAPPINGS.parse(await this.lambda('GET', 'event-source-mappings/'));
    return only(EventSourceMappings, words, (each) => each.EventSourceArn);
  }

  async enable({ UUID }: EventSource, isEnabled: boolean): Promise<void> {
    await this.lambda('PUT', `event-source-mappings/${UUID}`, { Enabled: isEnabled });
  }

  private async lambda(method: string, path: string, body?: unknown): Promise<unknown> {
    const text = body === undefined ? '' : JSON.stringify(body);
    return JSON.parse(await this.ask('lambda', method, `/2015-03-31/${path}`, text, 'application/json'));
  }

  /** For services whose clients this project has no other use for. */
  private async ask(service: string, method: string, path: string, body: string, contentType: string): Promise<string> {
    const url = new URL(path, this.url);
    const headers = {
      'content-type': contentType,
      'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'),
    };
    const signed = await awsSignedHeaders(
      { method, url, headers },
      { service, region: REGION },
      ACCESS.credentials,
      new Date(),
    );
    const answer = await fetch(url, {
      method,
      headers: signed,
      ...(body === '' ? {} : { body }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    assert.equal(answer.headers.get('x-amz-function-error'), null, text);
    return text;
  }
}

function only<T>(all: readonly T[], words: readonly string[], nameOf: (one: T) => string): T {
  const found = all.filter((one) => words.every((word) => nameOf(one).includes(word)));
  const [one] = found;
  assert.ok(one !== undefined && found.length === 1, `one of ${all.map(nameOf).join(', ')} holds ${words.join(', ')}`);
  return one;
}

/** Asks again until it is so, and then compares, so that a failure shows what there was. */
export async function becomes<T>(ask: () => T | Promise<T>, wanted: T, what: string, withinMs = 30_000): Promise<void> {
  const giveUpAtMs = Date.now() + withinMs;
  let found = await ask();
  while (!isSame(found, wanted) && Date.now() < giveUpAtMs) {
    await sleep(100);
    found = await ask();
  }
  assert.deepEqual(found, wanted, what);
}

function isSame(a: unknown, b: unknown): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}
