import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { BUCKET, type Side } from './expectation';

/** Short words for what the expectations of S3 do with single objects. */
export const put = ({ s3 }: Side, Key: string, Body: string, more: Partial<PutObjectCommand['input']> = {}) =>
  // The client warns of a body without a length when it is empty.
  s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ContentLength: Buffer.byteLength(Body), ...more }));

export const get = ({ s3 }: Side, Key: string, more: Partial<GetObjectCommand['input']> = {}) =>
  s3.send(new GetObjectCommand({ Bucket: BUCKET, Key, ...more }));

export const head = ({ s3 }: Side, Key: string, more: Partial<HeadObjectCommand['input']> = {}) =>
  s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key, ...more }));

export const remove = ({ s3 }: Side, Key: string, more: Partial<DeleteObjectCommand['input']> = {}) =>
  s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key, ...more }));

export const versionsOf = ({ s3 }: Side, Prefix: string) =>
  s3.send(new ListObjectVersionsCommand({ Bucket: BUCKET, Prefix }));

export async function text(side: Side, key: string, more: Partial<GetObjectCommand['input']> = {}): Promise<string> {
  const { Body } = await get(side, key, more);
  return (await Body?.transformToString()) ?? '';
}
