import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';

/** One thing the integration tests rely on, asked of any S3 and SQS through the clients of AWS. */
export interface Expectation {
  /** Unique, also among those of other files. */
  readonly name: string;
  /** By AWS's documentation. */
  readonly expected: unknown;
  /** What this side does, as plain data. Keys and queues that it makes carry `own` in their names. */
  readonly observe: (side: Side, own: string) => Promise<unknown>;
}

/** A server under question. */
export interface Side {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
}

/** Has versioning. */
export const BUCKET = 'expected-versions';
/** Has none. */
export const PLAIN_BUCKET = 'expected-plain';

/** `ok`, or what a refused command threw, as name and status: `NoSuchKey 404`. */
export async function outcomeOf(command: Promise<unknown>): Promise<string> {
  try {
    await command;
    return 'ok';
  } catch (error) {
    if (!(error instanceof Error) || !('$metadata' in error)) throw error;
    const { httpStatusCode } = error.$metadata as { httpStatusCode?: number };
    return `${error.name} ${httpStatusCode ?? 'no answer'}`;
  }
}
