import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { statusOf } from '../aws/read-failure';
import { messageOf } from '../core/errors';
import { SourceFailure } from '../core/source';
import type { FolderPage, FolderReader, ListedFile } from './capture-listing';

/** Folders of a bucket, by S3's own grouping of keys at `/`: a thousand files a call. */
export function s3Folders(client: S3Client, bucket: string, takes: (key: string) => boolean): FolderReader {
  const ask = async (prefix: string, rest: object): Promise<ListObjectsV2CommandOutput> => {
    try {
      return await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...rest }));
    } catch (error) {
      throw listFailure(error, `s3://${bucket}/${prefix}`);
    }
  };
  return {
    list: async function* (folder) {
      let token: string | undefined;
      do {
        const page = await ask(folder, { Delimiter: '/', ContinuationToken: token });
        yield pageOf(page, bucket, takes);
        token = page.NextContinuationToken;
      } while (token !== undefined);
    },
    anyKey: async (folder) => (await ask(folder, { MaxKeys: 1 })).Contents?.[0]?.Key ?? null,
  };
}

function pageOf(page: ListObjectsV2CommandOutput, bucket: string, takes: (key: string) => boolean): FolderPage {
  const files = (page.Contents ?? []).flatMap(({ Key: key, ETag, Size, LastModified }): ListedFile[] =>
    key === undefined || !takes(key)
      ? []
      : [
          {
            file: { bucket, key, versionId: null },
            eTag: ETag?.replaceAll('"', '') ?? null,
            sizeBytes: Size ?? null,
            modifiedMs: LastModified?.getTime() ?? 0,
          },
        ],
  );
  return { files, folders: (page.CommonPrefixes ?? []).flatMap(({ Prefix }) => Prefix ?? []) };
}

function listFailure(error: unknown, address: string): SourceFailure {
  const status = statusOf(error);
  const isRefused = status !== null && status >= 300 && status < 500 && status !== 429;
  const causes = isRefused ? '; usual causes: the name or region of the bucket, s3:ListBucket on it' : '';
  return new SourceFailure(
    isRefused ? 'denied' : 'unavailable',
    `${address} could not be listed: ${messageOf(error)}${causes}`,
    { cause: error },
  );
}
