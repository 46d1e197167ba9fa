import { Duration } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from '../nag/acknowledge';

/** The longest that SQS keeps a message; a hand-over begins it anew. */
const RETENTION = Duration.days(14);

/** Only crashes count as receives: waiting files come by fresh messages. */
const MAX_RECEIVES = 5;

/** AWS, "Using Lambda with Amazon SQS": at least six times the function's timeout, so that a throttled batch can be tried again. */
const VISIBILITY_TIMEOUTS = 6;

/** A data key is used again for so long; each is a call to KMS. */
const DATA_KEY_REUSE = Duration.hours(1);

export interface SinkQueue {
  readonly name: string;
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
}

export type Destination = { readonly queue: Queue } | { readonly topic: Topic };

export interface SinkQueuesProps {
  readonly sinks: readonly string[];
  readonly key: IKey;
  readonly functionTimeout: Duration;
}

/**
 * A queue for each sink, so that none waits for another, each with a dead-letter queue. S3 takes one destination for a
 * prefix, so several queues hang on one topic.
 */
export class SinkQueues extends Construct {
  readonly all: readonly SinkQueue[];
  /** Null for a single sink. */
  readonly topic: Topic | null;
  /** Takes the notifications: the topic, or the single queue. */
  readonly destination: Destination;

  constructor(scope: Construct, id: string, { sinks, key, functionTimeout }: SinkQueuesProps) {
    super(scope, id);
    const encrypted = {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: key,
      dataKeyReuse: DATA_KEY_REUSE,
      enforceSSL: true,
      retentionPeriod: RETENTION,
    };
    // In a scope of their own: a sink may have any name, "Topic" among them.
    const scopes = new Construct(this, 'Sinks');
    this.all = sinks.map((name) => {
      const sink = new Construct(scopes, name);
      const deadLetterQueue = new Queue(sink, 'DeadLetters', encrypted);
      acknowledge(deadLetterQueue, { 'Serverless-SQSRedrivePolicy': 'It is the dead-letter queue.' });
      const queue = new Queue(sink, 'Queue', {
        ...encrypted,
        visibilityTimeout: Duration.seconds(functionTimeout.toSeconds() * VISIBILITY_TIMEOUTS),
        deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: MAX_RECEIVES },
      });
      return { name, queue, deadLetterQueue };
    });
    this.topic = this.all.length > 1 ? this.fanOut(key) : null;
    const [first] = this.all;
    if (first === undefined) throw new Error('a model without sinks, which the schema refuses');
    this.destination = this.topic === null ? { queue: first.queue } : { topic: this.topic };
  }

  private fanOut(key: IKey): Topic {
    const topic = new Topic(this, 'Topic', { masterKey: key, enforceSSL: true });
    for (const { name, queue } of this.all) {
      // Not by SqsSubscription: it would add to the policy of a key that another stack owns.
      const subscription = new Subscription(this, `Subscription-${name}`, {
        topic,
        endpoint: queue.queueArn,
        protocol: SubscriptionProtocol.SQS,
        // The notification as S3 wrote it, not wrapped into SNS's own JSON.
        rawMessageDelivery: true,
      });
      acknowledge(subscription, {
        'Serverless-SNSRedrivePolicy': 'The sweep finds every capture that no message came for.',
      });
      queue.addToResourcePolicy(
        new PolicyStatement({
          principals: [new ServicePrincipal('sns.amazonaws.com')],
          actions: ['sqs:SendMessage'],
          resources: [queue.queueArn],
          conditions: { ArnEquals: { 'aws:SourceArn': topic.topicArn } },
        }),
      );
    }
    return topic;
  }
}
