import { isDeepStrictEqual } from 'node:util';
import { MemoryQueue } from './queue';
import type { QueueSettings } from './queue-settings';
import { SqsError } from './sqs-error';

/** The queues of one account and region, by name. */
export class QueueDirectory {
  private readonly queues = new Map<string, MemoryQueue>();

  constructor(private readonly options: { baseUrl: string; accountId: string; region: string; now: () => number }) {}

  /** The same name with the same settings is the queue that exists; with others it is an error. */
  create(name: string, settings: QueueSettings): MemoryQueue {
    const existing = this.queues.get(name);
    if (existing !== undefined) {
      if (isDeepStrictEqual(existing.settings, settings)) return existing;
      throw new SqsError(
        'QueueNameExists',
        'A queue already exists with the same name and a different value for an attribute',
      );
    }
    if (!/^[\w-]{1,80}$/.test(name)) {
      throw new SqsError(
        'InvalidParameterValue',
        'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
      );
    }
    const { baseUrl, accountId, now } = this.options;
    const context = { now, findByArn: (arn: string) => this.findByArn(arn) };
    const queue = new MemoryQueue(name, `${baseUrl}/${accountId}/${name}`, this.arnOf(name), settings, context);
    this.queues.set(name, queue);
    return queue;
  }

  arnOf(name: string): string {
    return `arn:aws:sqs:${this.options.region}:${this.options.accountId}:${name}`;
  }

  find(name: string): MemoryQueue | undefined {
    return this.queues.get(name);
  }

  findByArn(arn: string): MemoryQueue | undefined {
    return this.all().find((queue) => queue.arn === arn);
  }

  /** By its URL; only the last segment counts, as callers may know this server by another host name. */
  byUrl(url: string): MemoryQueue {
    const queue = this.find(url.slice(url.lastIndexOf('/') + 1));
    if (queue === undefined) throw new SqsError('QueueDoesNotExist', 'The specified queue does not exist.');
    return queue;
  }

  all(): MemoryQueue[] {
    return [...this.queues.values()];
  }

  remove(queue: MemoryQueue): void {
    this.queues.delete(queue.name);
    queue.close();
  }
}
