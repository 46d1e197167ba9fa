import { CompleteMultipartUploadCommand, CreateMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { BUCKET, type Expectation, outcomeOf, PLAIN_BUCKET, type Side } from './expectation';
import { get, head, put, remove, text, versionsOf } from './s3-objects';

/**
 * Conditional writes and checksums. Sources: S3 User Guide, "Conditional writes", "Conditional deletes" and "Checking
 * object integrity"; API reference of PutObject.
 */
const WRITERS = 20;

/** How many of simultaneous writers won, and whether what is stored is the winner's. */
async function race(side: Side, key: string, condition: { IfMatch?: string | undefined; IfNoneMatch?: string }) {
  const bodies = Array.from({ length: WRITERS }, (_, at) => `writer ${at}`);
  const outcomes = await Promise.all(bodies.map((body) => outcomeOf(put(side, key, body, condition))));
  const winners = bodies.filter((_, at) => outcomes[at] === 'ok');
  return { winners: winners.length, winnerIsStored: winners.includes(await text(side, key)) };
}

const ONE_WINNER = { winners: 1, winnerIsStored: true };

export const s3Writes: readonly Expectation[] = [
  {
    name: 'If-None-Match * creates once',
    expected: ['ok', 'PreconditionFailed 412', 'first'],
    observe: async (side, key) => [
      await outcomeOf(put(side, key, 'first', { IfNoneMatch: '*' })),
      await outcomeOf(put(side, key, 'second', { IfNoneMatch: '*' })),
      await text(side, key),
    ],
  },
  {
    name: 'If-None-Match * creates again above a delete marker',
    expected: 'ok',
    observe: async (side, key) => {
      await put(side, key, 'old');
      await remove(side, key);
      return outcomeOf(put(side, key, 'new', { IfNoneMatch: '*' }));
    },
  },
  {
    name: 'If-Match replaces the state it names, and no other',
    expected: ['ok', 'PreconditionFailed 412', 'second'],
    observe: async (side, key) => {
      const { ETag } = await put(side, key, 'first');
      return [
        await outcomeOf(put(side, key, 'second', { IfMatch: ETag })),
        await outcomeOf(put(side, key, 'third', { IfMatch: ETag })),
        await text(side, key),
      ];
    },
  },
  {
    name: 'If-Match on a key that never was is 404',
    expected: 'NoSuchKey 404',
    observe: (side, key) => outcomeOf(put(side, key, 'x', { IfMatch: '"d41d8cd98f00b204e9800998ecf8427e"' })),
  },
  {
    name: 'If-Match on a key that is deleted is 404',
    expected: 'NoSuchKey 404',
    observe: async (side, key) => {
      const { ETag } = await put(side, key, 'x');
      await remove(side, key);
      return outcomeOf(put(side, key, 'y', { IfMatch: ETag }));
    },
  },
  {
    name: 'of many that create with If-None-Match one wins',
    expected: ONE_WINNER,
    observe: (side, key) => race(side, key, { IfNoneMatch: '*' }),
  },
  {
    name: 'of many that replace with If-Match one wins',
    expected: ONE_WINNER,
    observe: async (side, key) => race(side, key, { IfMatch: (await put(side, key, 'old')).ETag }),
  },
  {
    name: 'a refused conditional write leaves no version',
    expected: 1,
    observe: async (side, key) => {
      await put(side, key, 'first');
      await outcomeOf(put(side, key, 'second', { IfNoneMatch: '*' }));
      return (await versionsOf(side, key)).Versions?.length;
    },
  },
  {
    name: 'conditions hold in a bucket without versioning too',
    expected: ['ok', 'PreconditionFailed 412', 'NoSuchKey 404'],
    observe: async (side, key) => {
      const plain = { Bucket: PLAIN_BUCKET };
      return [
        await outcomeOf(put(side, key, 'first', { ...plain, IfNoneMatch: '*' })),
        await outcomeOf(put(side, key, 'second', { ...plain, IfNoneMatch: '*' })),
        await outcomeOf(put(side, `${key}-absent`, 'x', { ...plain, IfMatch: '"00"' })),
      ];
    },
  },
  {
    name: 'a delete with a stale If-Match is refused, with the right one done',
    expected: ['PreconditionFailed 412', 'ok'],
    observe: async (side, key) => {
      const { ETag } = await put(side, key, 'x');
      return [
        await outcomeOf(remove(side, key, { IfMatch: '"d41d8cd98f00b204e9800998ecf8427e"' })),
        await outcomeOf(remove(side, key, { IfMatch: ETag })),
      ];
    },
  },
  {
    name: 'the ETag of a plain object is the MD5 of its bytes, in quotes',
    expected: ['"900150983cd24fb0d6963f7d28e17f72"', '"900150983cd24fb0d6963f7d28e17f72"'],
    observe: async (side, key) => [(await put(side, key, 'abc')).ETag, (await head(side, key)).ETag],
  },
  {
    name: 'the ETag of two parts is the MD5 of their MD5s, with their number',
    // MD5 of the two binary MD5s of 5 MiB of "a" and of "b".
    expected: '"e5a8c5272b26fc10581a21089559b006-2"',
    observe: async (side, key) => {
      const { UploadId } = await side.s3.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: key }));
      const where = { Bucket: BUCKET, Key: key, UploadId };
      const bodies = ['a'.repeat(5 << 20), 'b'];
      const Parts = [];
      for (const [at, Body] of bodies.entries()) {
        const { ETag } = await side.s3.send(new UploadPartCommand({ ...where, PartNumber: at + 1, Body }));
        Parts.push({ ETag, PartNumber: at + 1 });
      }
      const done = await side.s3.send(new CompleteMultipartUploadCommand({ ...where, MultipartUpload: { Parts } }));
      return done.ETag;
    },
  },
  {
    name: 'a wrong CRC32 is refused and stores nothing',
    expected: ['BadDigest 400', 'NotFound 404'],
    observe: async (side, key) => [
      await outcomeOf(put(side, key, 'abc', { ChecksumCRC32: 'AAAAAA==' })),
      await outcomeOf(head(side, key)),
    ],
  },
  {
    name: 'the checksum a client sent comes back when asked for',
    expected: { CRC32: 'NSRBwg==', SHA256: 'ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=' },
    observe: async (side, key) => {
      await put(side, `${key}-crc`, 'abc', { ChecksumAlgorithm: 'CRC32' });
      await put(side, `${key}-sha`, 'abc', { ChecksumAlgorithm: 'SHA256' });
      const crc = await get(side, `${key}-crc`, { ChecksumMode: 'ENABLED' });
      const sha = await get(side, `${key}-sha`, { ChecksumMode: 'ENABLED' });
      return { CRC32: crc.ChecksumCRC32, SHA256: sha.ChecksumSHA256 };
    },
  },
];
