import type { S3Client } from '@aws-sdk/client-s3';
import type { LineSource } from '../../quarantine/quarantined-line';
import { readDiskFile } from '../../replay/disk-file';
import { rangeOf } from '../../replay/range-of';
import { unpacked } from '../../replay/unpack';
import type { S3Options } from '../capture-paths';

/** Reads lines again that the quarantine keeps no bytes of: from S3 or from disk, packed or not. */
export class OriginalReader {
  private client: S3Client | null = null;

  constructor(
    private readonly options: S3Options,
    private readonly signal: AbortSignal,
  ) {}

  /** Null when they cannot be had: the file is gone, or other content now. */
  readonly read = async (source: LineSource, byteOffset: number, byteLength: number): Promise<Buffer | null> => {
    const stored =
      source.bucket === null ? readDiskFile(source.key, source.eTag, this.signal) : await this.object(source);
    // From the start: places in a packed file are those of what it holds, and nothing else tells that it is packed.
    return rangeOf(unpacked(stored), byteOffset, byteLength);
  };

  close(): void {
    this.client?.destroy();
  }

  private async object({ bucket, key, versionId, eTag }: LineSource): Promise<AsyncIterable<Uint8Array>> {
    const { readS3Object } = await import('../../aws/s3-source');
    this.client ??= await openClient(this.options);
    return readS3Object(this.client, { file: { bucket, key, versionId }, eTag }, this.signal);
  }
}

async function openClient({ profile, region, endpointUrl }: S3Options): Promise<S3Client> {
  // The AWS client takes half a second to load.
  const { S3Client } = await import('@aws-sdk/client-s3');
  if (profile !== undefined) process.env.AWS_PROFILE = profile;
  return new S3Client({
    maxAttempts: 5,
    ...(region === undefined ? {} : { region }),
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl, forcePathStyle: true }),
  });
}
