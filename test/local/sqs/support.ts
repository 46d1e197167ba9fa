import { SQSClient, SQSServiceException } from '@aws-sdk/client-sqs';
import { type SqsServer, type SqsServerOptions, startSqsServer } from '../../../src/local/sqs/server';

/** A server with a clock that stands still until moved, and the unmodified AWS client of it. */
export class TestQueues {
  /** Milliseconds since 1970. */
  nowMs = Date.UTC(2026, 10, 21);

  private constructor(
    readonly server: SqsServer,
    readonly client: SQSClient,
  ) {}

  static async start(options: SqsServerOptions = {}): Promise<TestQueues> {
    const clock: { queues?: TestQueues } = {};
    const server = await startSqsServer({ now: () => clock.queues?.nowMs ?? 0, ...options });
    const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
    const client = new SQSClient({ endpoint: server.url, region: 'us-east-1', credentials, maxAttempts: 1 });
    const queues = new TestQueues(server, client);
    clock.queues = queues;
    return queues;
  }

  passSeconds(seconds: number): void {
    this.nowMs += seconds * 1000;
  }

  async close(): Promise<void> {
    this.client.destroy();
    await this.server.close();
  }
}

/** The name of the SDK's error class, and the query code it read; fails the test when there is no error. */
export async function errorOf(sending: Promise<unknown>): Promise<{ name: string; status: number | undefined }> {
  try {
    await sending;
  } catch (error) {
    if (error instanceof SQSServiceException) return { name: error.name, status: error.$metadata.httpStatusCode };
    throw error;
  }
  throw new Error('expected an error');
}
