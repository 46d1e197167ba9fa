import { Aws, CustomResource, Duration, Token } from 'aws-cdk-lib';
import { type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ConfigError } from '../../src/core/errors';
import { functionCode } from '../forwarder/function-code';
import { retentionProblems, watchedProblems } from '../forwarder/prop-problems';
import { RelayFunction } from '../forwarder/relay-function';
import { acknowledge } from '../nag/acknowledge';
import { overlaps } from '../notifications/overlap';
import { CAPTURE_SUFFIX, captureTrigger, OBJECT_CREATED } from '../notifications/trigger-rule';
import type { NamedBucket } from './named-bucket';

export interface CaptureNotificationsProps {
  /** For descriptions. */
  readonly model: string;
  readonly bucket: NamedBucket;
  /** The captures of the endpoint, and those of its shadow test where they lie in the same bucket. */
  readonly watched: readonly WatchedPrefix[];
  readonly target: { readonly queue: Queue } | { readonly topic: Topic };
  /** Default: notification. `eventbridge` where S3's own rules have no room or would overlap. */
  readonly trigger?: 'notification' | 'eventbridge' | undefined;
  readonly key: IKey;
  readonly logRetentionDays: number;
}

export interface WatchedPrefix {
  /** Stands in the id of its rule, by which `capture-relay plan --live` knows it: the model's name, `{model}-shadow`. */
  readonly ruleName: string;
  /** Ends with "/". */
  readonly prefix: string;
}

/**
 * Tells the forwarder of every new capture. The rules of a bucket are one document that S3 replaces as a whole, without
 * any condition, so it is read, merged, written and read again by a function of our own: others' rules stay as they are,
 * and a change that somebody made meanwhile is seen (docs/triggers.md).
 */
export class CaptureNotifications extends Construct {
  /** Throws a ConfigError that lists what is wrong with the props. */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: CaptureNotificationsProps,
  ) {
    super(scope, id);
    const problems = problemsOf(props);
    if (problems.length > 0) throw new ConfigError(problems);
    const isEventBridge = props.trigger === 'eventbridge';
    if (isEventBridge) this.routeEvents();
    const resource = this.bucketRules(isEventBridge);
    if (!isEventBridge) resource.node.addDependency(this.admitS3());
  }

  private bucketRules(isEventBridge: boolean): CustomResource {
    const { bucket, watched, model, target } = this.props;
    const provider = new RelayFunction(this, 'Provider', {
      description: `Writes the notification rules of ${model}`,
      onFailure: 'CloudFormation waits for its answer, and fails the deployment without one.',
      code: functionCode('notifications', null),
      // It waits up to a minute for permissions to take effect, and tries a few times.
      timeout: Duration.minutes(5),
      memoryMb: 256,
      environment: {},
      statements: [
        new PolicyStatement({
          actions: ['s3:GetBucketNotification', 's3:PutBucketNotification'],
          resources: [bucket.bucketArn],
        }),
      ],
      key: this.props.key,
      logRetentionDays: this.props.logRetentionDays,
    });
    const destination = 'queue' in target ? { QueueArn: target.queue.queueArn } : { TopicArn: target.topic.topicArn };
    return new CustomResource(this, 'Rules', {
      resourceType: 'Custom::CaptureNotifications',
      serviceToken: provider.function.functionArn,
      serviceTimeout: Duration.minutes(6),
      properties: {
        BucketName: bucket.bucketName,
        Rules: isEventBridge
          ? []
          : watched.map(({ ruleName, prefix }) => ({
              Id: ruleName,
              Events: [OBJECT_CREATED],
              Prefix: prefix,
              Suffix: CAPTURE_SUFFIX,
              ...destination,
            })),
        EventBridge: isEventBridge ? 'true' : 'false',
      },
    });
  }

  /** The destination's own policy, which S3 tries before it takes a rule. */
  private admitS3(): Construct {
    const { bucket, target } = this.props;
    const statement = new PolicyStatement({
      principals: [new ServicePrincipal('s3.amazonaws.com')],
      actions: ['queue' in target ? 'sqs:SendMessage' : 'sns:Publish'],
      resources: ['queue' in target ? target.queue.queueArn : target.topic.topicArn],
      conditions: {
        ArnEquals: { 'aws:SourceArn': bucket.bucketArn },
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      },
    });
    const added =
      'queue' in target ? target.queue.addToResourcePolicy(statement) : target.topic.addToResourcePolicy(statement);
    if (added.policyDependable === undefined) throw new Error('the destination has no policy to add to');
    return added.policyDependable as Construct;
  }

  private routeEvents(): void {
    const { bucket, watched, target, model } = this.props;
    const rule = new Rule(this, 'Events', {
      description: `New captures of ${model}`,
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [bucket.bucketName] },
          // Patterns of `wildcard` match both ends at once; prefix and suffix in one list would mean "or".
          object: { key: watched.map(({ prefix }) => ({ wildcard: `${prefix}*${CAPTURE_SUFFIX}` })) },
        },
      },
      targets: ['queue' in target ? ofThisRule(target.queue) : new SnsTopic(target.topic)],
    });
    acknowledge(rule, { 'Serverless-EventBusDLQ': 'The sweep finds every capture that no event came for.' });
  }
}

function problemsOf({ watched, trigger, logRetentionDays }: CaptureNotificationsProps): string[] {
  // Patterns of EventBridge stand beside each other in one rule, which sends a key once.
  const declared = trigger === 'eventbridge' ? [] : watched.filter(({ prefix }) => !Token.isUnresolved(prefix));
  const found = overlaps(declared.map(({ ruleName, prefix }) => captureTrigger(ruleName, prefix)));
  return [
    ...watchedProblems(watched),
    ...found.map(
      ({ first, second, key }) =>
        `watched: prefix "${second.prefix}" of ${second.name} overlaps "${first.prefix}" of ${first.name}, which S3 refuses: both would take "${key}"; narrow one of them, or take trigger: 'eventbridge'`,
    ),
    ...retentionProblems(logRetentionDays),
  ];
}

/**
 * CDK's own target lets every rule of every account send to an encrypted queue. Source of the condition: EventBridge User
 * Guide, "Amazon SQS permissions"; topics are not known to take one, and keys do not (SNS Developer Guide).
 */
const ofThisRule = (queue: Queue): IRuleTarget => ({
  bind: ({ ruleRef: { ruleArn } }) => {
    queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': ruleArn } },
      }),
    );
    return { arn: queue.queueArn, targetResource: queue };
  },
});
