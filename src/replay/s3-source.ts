import { paginateListObjectsV2, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { readS3Object } from '../aws/s3-source';
import { messageOf, UsageError } from '../core/errors';
import { compareKeys, isReadInFolders, type ReplayFile, type ReplaySource } from './replay-source';

/** As the AWS CLI names them. */
export interface S3Access {
  readonly profile?: string;
  readonly region?: string;
  readonly endpointUrl?: string;
}

/** A laptop's network is worth more patience than the client's own 3 tries. */
const MAX_ATTEMPTS = 5;

/**
 * Capture files below `s3://bucket/prefix`. Throws a UsageError when the address names no bucket or cannot be listed.
 * Each file is read as it is when its turn comes.
 */
export async function s3Source(address: string, access: S3Access): Promise<ReplaySource> {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(address) ?? [];
  if (bucket === '') throw new UsageError(`${address} names no bucket; write s3://bucket/prefix`);
  if (access.profile !== undefined) process.env.AWS_PROFILE = access.profile;
  const settings: S3ClientConfig = {
    maxAttempts: MAX_ATTEMPTS,
    ...(access.region === undefined ? {} : { region: access.region }),
    ...(access.endpointUrl === undefined ? {} : { endpoint: access.endpointUrl, forcePathStyle: true }),
  };
  const client = new S3Client(settings);
  try {
    const { files, passedOver } = await list(client, bucket, prefix);
    return {
      files,
      passedOver,
      read: (file, signal, eTag = null) => readS3Object(client, { file, eTag }, signal),
      close: () => client.destroy(),
    };
  } catch (error) {
    client.destroy();
    throw new UsageError(
      `${address} cannot be listed: ${messageOf(error)}; check --profile, --region and s3:ListBucket on the bucket`,
      { cause: error },
    );
  }
}

async function list(
  client: S3Client,
  bucket: string,
  prefix: string,
): Promise<Pick<ReplaySource, 'files' | 'passedOver'>> {
  const files: ReplayFile[] = [];
  const passedOver: string[] = [];
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
    for (const { Key: key, Size: byteLength = 0, ETag } of page.Contents ?? []) {
      // Consoles make an empty object for each folder.
      if (key === undefined || key.endsWith('/')) continue;
      if (key === prefix || isReadInFolders(key))
        files.push({ file: { bucket, key, versionId: null }, byteLength, eTag: ETag?.replaceAll('"', '') ?? null });
      else passedOver.push(key);
    }
  }
  files.sort((a, b) => compareKeys(a.file.key, b.file.key));
  return { files, passedOver };
}
