import { stat } from 'node:fs/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import { messageOf, UsageError } from '../core/errors';
import { isStateKey } from '../store/state-key';
import type { StateStore } from '../store/state-store';
import type { S3Options } from './capture-paths';

/**
 * Where a person says the state is: `s3://bucket`, `s3://bucket/prefix`, or a folder that exists. A folder is never
 * made: a mistyped one would be an empty ledger, and an empty ledger delivers everything again.
 * Throws a UsageError for what is neither.
 */
export async function openState(location: string, options: S3Options): Promise<StateStore> {
  if (location.startsWith('s3://')) return openBucket(location, options);
  if (location === '' || location.includes('://'))
    throw new UsageError(`--state "${location}" is no place for state; write s3://bucket/prefix or a folder`);
  await checkFolder(location);
  const { directoryStore } = await import('../store/directory-store');
  return directoryStore(location);
}

async function checkFolder(path: string): Promise<void> {
  try {
    if ((await stat(path)).isDirectory()) return;
  } catch (error) {
    throw new UsageError(`--state ${path} cannot be opened: ${messageOf(error)}; a new ledger needs an empty folder`, {
      cause: error,
    });
  }
  throw new UsageError(`--state ${path} is no folder`);
}

async function openBucket(location: string, options: S3Options): Promise<StateStore> {
  const [, bucket = '', path = ''] = /^s3:\/\/([^/]*)\/?(.*)$/s.exec(location) ?? [];
  if (bucket === '') throw new UsageError(`--state ${location} names no bucket; write s3://bucket/prefix`);
  const prefix = path.replace(/\/$/, '');
  if (prefix !== '' && !isStateKey(prefix))
    throw new UsageError(`--state ${location}: a prefix is names of letters, digits, ".", "_" and "-", joined by "/"`);
  // The AWS client takes half a second to load.
  const [client, { s3Store }] = await Promise.all([s3ClientFor(options), import('../store/s3-store')]);
  return s3Store(client, bucket, prefix === '' ? '' : `${prefix}/`);
}

/** A client for what a person named on the command line. */
export async function s3ClientFor(options: S3Options): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  if (options.profile !== undefined) process.env.AWS_PROFILE = options.profile;
  return new S3Client({
    maxAttempts: MAX_ATTEMPTS,
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(options.endpointUrl === undefined ? {} : { endpoint: options.endpointUrl, forcePathStyle: true }),
  });
}

/** A laptop's network is worth more patience than the client's own 3 tries. */
const MAX_ATTEMPTS = 5;
