import { Aws } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { acknowledge } from '../nag/acknowledge';
import type { AlarmSettings } from '../../src/config/deploy/forwarder-schema';

/** Whom alarms tell: topics that are there, and one that is made for addresses, each of which confirms once. */
export class AlarmTopics extends Construct {
  readonly topics: readonly ITopic[];

  constructor(
    scope: Construct,
    id: string,
    { settings: { emails = [], topics = [] }, key }: { readonly settings: AlarmSettings; readonly key: IKey },
  ) {
    super(scope, id);
    const named = topics.map((arn, at) => Topic.fromTopicArn(this, `Topic${at}`, arn));
    this.topics = emails.length === 0 ? named : [...named, this.topicOf(emails, key)];
  }

  private topicOf(emails: readonly string[], key: IKey): ITopic {
    const topic = new Topic(this, 'Mail', { masterKey: key, enforceSSL: true });
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    emails.forEach((endpoint, at) => {
      const address = new Subscription(this, `Address${at}`, { topic, endpoint, protocol: SubscriptionProtocol.EMAIL });
      acknowledge(address, { 'Serverless-SNSRedrivePolicy': 'Mail has none; the alarm itself stays and can be read.' });
    });
    return topic;
  }
}
