import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { BUCKET, type Expectation, outcomeOf, PLAIN_BUCKET, type Side } from './expectation';
import { get, head, put, remove, text, versionsOf } from './s3-objects';

/**
 * Ranges, conditional reads, versions and lists. Sources: API reference of GetObject, ListObjectsV2 and
 * ListObjectVersions; S3 User Guide, "Working with delete markers"; RFC 9110 for ranges.
 */
async function part(side: Side, key: string, Range: string) {
  const got = await get(side, key, { Range });
  return [got.$metadata.httpStatusCode, await got.Body?.transformToString(), got.ContentRange, got.ContentLength];
}

async function range(side: Side, key: string, Range: string): Promise<unknown> {
  await put(side, key, '0123456789');
  return part(side, key, Range);
}

const list = async ({ s3 }: Side, input: Partial<ListObjectsV2Command['input']>) =>
  s3.send(new ListObjectsV2Command({ Bucket: BUCKET, ...input }));

export const s3Reads: readonly Expectation[] = [
  {
    name: 'a range is answered 206 with its part',
    expected: [206, '345', 'bytes 3-5/10', 3],
    observe: (side, key) => range(side, key, 'bytes=3-5'),
  },
  {
    name: 'an open range goes to the end',
    expected: [206, '789', 'bytes 7-9/10', 3],
    observe: (side, key) => range(side, key, 'bytes=7-'),
  },
  {
    name: 'a range beyond the end is cut there',
    expected: [206, '89', 'bytes 8-9/10', 2],
    observe: (side, key) => range(side, key, 'bytes=8-99'),
  },
  {
    name: 'a suffix range is the last bytes',
    expected: [206, '789', 'bytes 7-9/10', 3],
    observe: (side, key) => range(side, key, 'bytes=-3'),
  },
  {
    name: 'a suffix range longer than the object is all of it',
    expected: [206, '0123456789', 'bytes 0-9/10', 10],
    observe: (side, key) => range(side, key, 'bytes=-11'),
  },
  {
    name: 'a range that begins at the end is 416',
    expected: 'InvalidRange 416',
    observe: (side, key) => outcomeOf(range(side, key, 'bytes=10-')),
  },
  {
    name: 'a range of an empty object is 416',
    expected: 'InvalidRange 416',
    observe: async (side, key) => {
      await put(side, key, '');
      return outcomeOf(part(side, key, 'bytes=0-'));
    },
  },
  {
    name: 'a range comes without the checksum of the whole',
    expected: undefined,
    observe: async (side, key) => {
      await put(side, key, 'abcdef');
      return (await get(side, key, { Range: 'bytes=0-2', ChecksumMode: 'ENABLED' })).ChecksumCRC32;
    },
  },
  {
    name: 'a conditional read tells same from other',
    expected: ['ok', 'PreconditionFailed 412', '304 304', 'ok'],
    observe: async (side, key) => {
      const { ETag } = await put(side, key, 'x');
      const other = '"d41d8cd98f00b204e9800998ecf8427e"';
      return [
        await outcomeOf(get(side, key, { IfMatch: ETag })),
        await outcomeOf(get(side, key, { IfMatch: other })),
        // The client has no name for an answer without a body.
        (await outcomeOf(get(side, key, { IfNoneMatch: ETag }))).replace(/^\S+/, '304'),
        await outcomeOf(get(side, key, { IfNoneMatch: other })),
      ];
    },
  },
  {
    name: 'a missing key is 404, with a name where there is a body',
    expected: ['NoSuchKey 404', 'NotFound 404'],
    observe: async (side, key) => [await outcomeOf(get(side, key)), await outcomeOf(head(side, key))],
  },
  {
    name: 'an overwrite keeps the version before it',
    expected: ['second', 'first', 'second'],
    observe: async (side, key) => {
      const { VersionId: first } = await put(side, key, 'first');
      const { VersionId: second } = await put(side, key, 'second');
      return [
        await text(side, key),
        await text(side, key, { VersionId: first }),
        await text(side, key, { VersionId: second }),
      ];
    },
  },
  {
    name: 'a delete puts a marker on top: 404 without a version, 405 for the marker, the version is still there',
    expected: [true, 'NoSuchKey 404', 'MethodNotAllowed 405', 'kept'],
    observe: async (side, key) => {
      const { VersionId } = await put(side, key, 'kept');
      const deleted = await remove(side, key);
      return [
        deleted.DeleteMarker,
        await outcomeOf(get(side, key)),
        await outcomeOf(get(side, key, { VersionId: deleted.VersionId })),
        await text(side, key, { VersionId }),
      ];
    },
  },
  {
    name: 'removing the marker brings the object back',
    expected: 'kept',
    observe: async (side, key) => {
      await put(side, key, 'kept');
      const { VersionId } = await remove(side, key);
      await remove(side, key, { VersionId });
      return text(side, key);
    },
  },
  {
    name: 'a version that was removed for good is told from one that is hidden',
    expected: ['NoSuchVersion 404', 'first'],
    observe: async (side, key) => {
      await put(side, key, 'first');
      const { VersionId } = await put(side, key, 'second');
      await remove(side, key, { VersionId });
      return [await outcomeOf(get(side, key, { VersionId })), await text(side, key)];
    },
  },
  {
    name: 'versions are listed newest first, markers apart',
    expected: {
      versions: [
        [false, 6],
        [false, 5],
      ],
      markers: [true],
    },
    observe: async (side, key) => {
      await put(side, key, 'first');
      await put(side, key, 'second');
      await remove(side, key);
      const { Versions = [], DeleteMarkers = [] } = await versionsOf(side, key);
      return {
        versions: Versions.map(({ IsLatest, Size }) => [IsLatest, Size]),
        markers: DeleteMarkers.map(({ IsLatest }) => IsLatest),
      };
    },
  },
  {
    name: 'a bucket without versioning names no version',
    expected: undefined,
    observe: async (side, key) => (await put(side, key, 'x', { Bucket: PLAIN_BUCKET })).VersionId,
  },
  {
    name: 'keys are listed in the order of their UTF-8 bytes',
    expected: ['/A', '/B', '/a', '/a/b', '/a0', '/é', '/\uFFFD', '/😀'],
    observe: async (side, own) => {
      for (const name of ['😀', '\uFFFD', 'é', 'a0', 'a/b', 'a', 'B', 'A']) await put(side, `${own}/${name}`, 'x');
      const { Contents = [] } = await list(side, { Prefix: `${own}/` });
      return Contents.map(({ Key = '' }) => Key.slice(own.length));
    },
  },
  {
    name: 'pages of a list hold every key once',
    expected: { pages: [3, 3, 1], keys: 7, last: false },
    observe: async (side, own) => {
      for (let at = 0; at < 7; at += 1) await put(side, `${own}/${at}`, 'x');
      const pages: string[][] = [];
      let token: string | undefined;
      let isTruncated: boolean | undefined;
      do {
        const page = await list(side, {
          Prefix: `${own}/`,
          MaxKeys: 3,
          ...(token === undefined ? {} : { ContinuationToken: token }),
        });
        pages.push((page.Contents ?? []).map(({ Key = '' }) => Key));
        [token, isTruncated] = [page.NextContinuationToken, page.IsTruncated];
      } while (token !== undefined && pages.length < 10);
      return { pages: pages.map((page) => page.length), keys: new Set(pages.flat()).size, last: isTruncated };
    },
  },
  {
    name: 'a list begins after a key and folds what lies below the delimiter',
    expected: { keys: ['/b'], folders: ['/c/'] },
    observe: async (side, own) => {
      for (const name of ['a', 'b', 'c/1', 'c/2']) await put(side, `${own}/${name}`, 'x');
      const page = await list(side, { Prefix: `${own}/`, Delimiter: '/', StartAfter: `${own}/a` });
      return {
        keys: page.Contents?.map(({ Key = '' }) => Key.slice(own.length)),
        folders: page.CommonPrefixes?.map(({ Prefix = '' }) => Prefix.slice(own.length)),
      };
    },
  },
];
