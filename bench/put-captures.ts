import { Readable } from 'node:stream';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { captureLines } from './capture-lines';

/** Puts one capture file of so many megabytes into the bucket `captures`; how many lines it has. Made twice, held never. */
export async function putCaptures(client: S3Client, sizeMb: number): Promise<number> {
  const bytes = sizeMb * 1e6;
  let lines = 0;
  let length = 0;
  for (const block of captureLines(bytes)) {
    lines += 1000;
    length += block.length;
  }
  await client.send(
    new PutObjectCommand({
      Bucket: 'captures',
      Key: 'e/v/2026/09/01/12/00-00-000-x.jsonl',
      Body: Readable.from(captureLines(bytes)),
      ContentLength: length,
    }),
  );
  return lines;
}
