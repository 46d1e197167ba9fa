import { messageOf } from '../core/errors';
import { StoreUnavailable } from './state-store';

/** What was asked of S3: "… could not be `action`". */
export interface Asked {
  readonly action: 'read' | 'written' | 'listed' | 'removed';
  readonly Bucket: string;
  /** For a list its prefix. */
  readonly Key: string;
}

/** Long enough for S3's own sentences; a proxy may answer with a page. */
const MAX_SAID_CHARACTERS = 300;

/** A refusal that is an answer of the contract; null for every other failure. */
export function refusalOf(error: unknown): 'absent' | 'conflict' | null {
  const { name, status } = answerOf(error);
  // By name: a wrong bucket, or something that is no S3 at all, answers 404 too.
  if (status === 404 && name === 'NoSuchKey') return 'absent';
  return status === 412 || status === 409 ? 'conflict' : null;
}

/** What S3 said, as a sentence for the person who has to act: the object, the answer, the usual causes. */
export function storeFailure(error: unknown, { action, Bucket, Key }: Asked): StoreUnavailable {
  const { name, status } = answerOf(error);
  const said = [status === null ? null : `S3 answered ${status}`, name, messageOf(error)]
    .filter((part, at, parts) => part !== null && parts.indexOf(part) === at)
    .join(' ')
    .slice(0, MAX_SAID_CHARACTERS);
  const causes = causesOf(name, status, action);
  return new StoreUnavailable(
    `state s3://${Bucket}/${Key} could not be ${action}: ${said}${causes === null ? '' : `. Usual causes: ${causes}`}`,
    { cause: error },
  );
}

const PERMISSIONS: Readonly<Record<Asked['action'], string>> = {
  read: 's3:GetObject on this prefix, s3:ListBucket on the bucket (without it S3 answers 403 for what is not there), or kms:Decrypt on its key',
  written: 's3:PutObject on this prefix, or kms:GenerateDataKey on the key of the bucket',
  listed: 's3:ListBucket on the bucket',
  removed: 's3:DeleteObject on this prefix',
};

function causesOf(name: string, status: number | null, action: Asked['action']): string | null {
  if (name === 'NoSuchBucket') return 'the name of the state bucket is wrong, or the bucket was deleted';
  if (name === 'PermanentRedirect' || status === 301)
    return 'the bucket is in another region than this client is set to';
  if (/^(?:Expired|Invalid)Token|^RequestExpired|^RequestTimeTooSkewed/.test(name))
    return 'credentials that have run out, or a machine whose clock is wrong';
  if (status === 403) return `the role lacks ${PERMISSIONS[action]}`;
  if (status === 429 || (status !== null && status >= 500)) return 'S3 throttles or has trouble, and this passes';
  return status === null ? 'no way to S3 (a VPC without an S3 endpoint, a proxy, DNS), or a very busy machine' : null;
}

function answerOf(error: unknown): { readonly name: string; readonly status: number | null } {
  const name = error instanceof Error ? error.name : 'Error';
  const metadata = (error as { readonly $metadata?: { readonly httpStatusCode?: number } } | null)?.$metadata;
  return { name, status: metadata?.httpStatusCode ?? null };
}
