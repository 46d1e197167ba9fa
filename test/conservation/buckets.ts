import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { buildCaptureKey } from '../../src/core/capture-key';
import { type LedgerEntry, ledgerPrefix, readEntry } from '../../src/ledger/entry';
import { s3Store } from '../../src/store/s3-store';
import type { StateStore } from '../../src/store/state-store';
import { CAPTURES, MODEL, PREFIX, STATE_BUCKET } from './names';

/** The two buckets as the harness writes and reads them, under a name of its own. */

export class Buckets {
  readonly client: S3Client;
  readonly state: StateStore;

  constructor(url: string) {
    const credentials = { accessKeyId: 'harness', secretAccessKey: 'harness' };
    this.client = new S3Client({ endpoint: url, region: 'us-east-1', credentials, forcePathStyle: true });
    this.state = s3Store(this.client, STATE_BUCKET);
  }

  async put(key: string, text: string | Buffer): Promise<void> {
    await this.client.send(
      new PutObjectCommand({
        Bucket: CAPTURES,
        Key: key,
        Body: Buffer.from(text),
        ContentLength: Buffer.byteLength(text),
      }),
    );
  }

  async copyOverItself(key: string): Promise<void> {
    const source = `${CAPTURES}/${encodeURIComponent(key)}`;
    await this.client.send(
      new CopyObjectCommand({ Bucket: CAPTURES, Key: key, CopySource: source, MetadataDirective: 'REPLACE' }),
    );
  }

  /** The same bytes under another ETag. */
  async putInParts(key: string, text: string): Promise<void> {
    const place = { Bucket: CAPTURES, Key: key };
    const { UploadId } = await this.client.send(new CreateMultipartUploadCommand(place));
    const part = { ...place, UploadId, PartNumber: 1, Body: Buffer.from(text) };
    const { ETag } = await this.client.send(new UploadPartCommand(part));
    const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
    await this.client.send(new CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload }));
  }

  async remove(key: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand({ Bucket: CAPTURES, Key: key }));
  }

  /** Of one sink, by capture key. */
  async entries(sink: string): Promise<Map<string, LedgerEntry>> {
    const bodies = await this.bodies(ledgerPrefix(MODEL, sink));
    return new Map(
      bodies.map(({ key, body }) => {
        const entry = readEntry(body, key);
        return [entry.key, entry];
      }),
    );
  }

  async bodies(prefix: string): Promise<{ key: string; body: string }[]> {
    const found: { key: string; body: string }[] = [];
    for (let after: string | null = null, hasMore = true; hasMore; ) {
      const page = await this.state.list(prefix, { after });
      for (const { key } of page.entries) found.push({ key, body: (await this.state.get(key))?.body ?? '' });
      after = page.entries.at(-1)?.key ?? null;
      hasMore = page.hasMore;
    }
    return found;
  }

  close(): void {
    this.client.destroy();
  }
}

/** A key of Data Capture's layout, told apart by the file's number. */
export function captureKey(number: number, atMs: number): string {
  const uuid = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  return buildCaptureKey({
    prefix: PREFIX,
    endpoint: 'churn',
    variant: 'AllTraffic',
    firstEvent: new Date(atMs),
    uuid,
  });
}
