import * as z from 'zod';
import type { MemoryQueue } from '../queue';
import type { QueueDirectory } from '../queue-directory';
import { applyAttributes, asAttributes, DEFAULT_SETTINGS, type QueueSettings } from '../queue-settings';
import { SqsError } from '../sqs-error';
import { operation } from './operation';

/** The operations on queues themselves. */

const ATTRIBUTES = z.record(z.string(), z.string());
const ON_QUEUE = z.object({ QueueUrl: z.string() });

export const CreateQueue = operation(
  z.object({ QueueName: z.string(), Attributes: ATTRIBUTES.optional() }),
  ({ QueueName, Attributes = {} }, { queues }) => {
    const settings = applyAttributes(DEFAULT_SETTINGS, Attributes);
    checkDeadLetterQueue(settings, queues);
    return { QueueUrl: queues.create(QueueName, settings).url };
  },
);

export const GetQueueUrl = operation(z.object({ QueueName: z.string() }), ({ QueueName }, { queues }) => ({
  QueueUrl: queues.byUrl(QueueName).url,
}));

export const ListQueues = operation(z.object({ QueueNamePrefix: z.string().optional() }), (input, { queues }) => {
  const urls = queues.all().flatMap(({ name, url }) => (name.startsWith(input.QueueNamePrefix ?? '') ? [url] : []));
  return urls.length === 0 ? {} : { QueueUrls: urls };
});

export const GetQueueAttributes = operation(
  ON_QUEUE.extend({ AttributeNames: z.array(z.string()).optional() }),
  ({ QueueUrl, AttributeNames = [] }, { queues }) => {
    const all = allAttributes(queues.byUrl(QueueUrl));
    if (AttributeNames.includes('All')) return { Attributes: all };
    return { Attributes: Object.fromEntries(Object.entries(all).filter(([name]) => AttributeNames.includes(name))) };
  },
);

export const SetQueueAttributes = operation(
  ON_QUEUE.extend({ Attributes: ATTRIBUTES }),
  ({ QueueUrl, Attributes }, { queues, now }) => {
    const queue = queues.byUrl(QueueUrl);
    const settings = applyAttributes(queue.settings, Attributes);
    checkDeadLetterQueue(settings, queues);
    queue.settings = settings;
    queue.modifiedMs = now();
    return {};
  },
);

export const PurgeQueue = operation(ON_QUEUE, ({ QueueUrl }, { queues }) => {
  queues.byUrl(QueueUrl).purge();
  return {};
});

export const DeleteQueue = operation(ON_QUEUE, ({ QueueUrl }, { queues }) => {
  queues.remove(queues.byUrl(QueueUrl));
  return {};
});

function checkDeadLetterQueue({ redrive }: QueueSettings, queues: QueueDirectory): void {
  if (redrive === null || queues.findByArn(redrive.deadLetterTargetArn) !== undefined) return;
  throw new SqsError(
    'InvalidParameterValue',
    'Value for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.',
  );
}

function allAttributes(queue: MemoryQueue): Record<string, string> {
  const { visible, inFlight, delayed } = queue.counts();
  return {
    ...asAttributes(queue.settings),
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: String(Math.floor(queue.createdMs / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedMs / 1000)),
  };
}
