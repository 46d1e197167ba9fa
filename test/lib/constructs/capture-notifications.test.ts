// The built-in check takes 2 s for each test file; the examples are synthesized with it.
process.env.CDK_VALIDATION = 'false';

import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { CaptureNotifications, type CaptureNotificationsProps } from '../../../lib/constructs/capture-notifications';
import { bucketNamed } from '../../../lib/constructs/named-bucket';
import { removePackages } from '../../../lib/forwarder/function-code';
import { readResourceEvent } from '../../../lib/notifications/resource-event';
import { ConfigError } from '../../../src/core/errors';
import { onlyResource, resourcesOf, statementLines } from '../../support/flat-template';
import type { TemplateJson } from '../../support/relay-templates';

afterAll(removePackages);

const WATCHED = [
  { ruleName: 'credit-risk', prefix: 'captures/credit-risk/' },
  { ruleName: 'credit-risk-shadow', prefix: 'shadow-tests/credit-risk/' },
];

function synthesize(target: 'queue' | 'topic', trigger?: 'notification' | 'eventbridge') {
  const stack = new Stack(new App(), 'CreditRisk');
  const key = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd');
  new CaptureNotifications(stack, 'Notifications', {
    model: 'credit-risk',
    bucket: bucketNamed('ml-captures'),
    watched: WATCHED,
    target:
      target === 'queue'
        ? { queue: new Queue(stack, 'Target', { encryptionMasterKey: key }) }
        : { topic: new Topic(stack, 'Target') },
    trigger,
    key,
    logRetentionDays: 90,
  });
  const template = Template.fromStack(stack).toJSON() as TemplateJson;
  const rules = onlyResource(template, 'Custom::CaptureNotifications');
  return { template, rules };
}

const FROM_BUCKET =
  'if {"ArnEquals":{"aws:SourceArn":"arn:${AWS::Partition}:s3:::ml-captures"},"StringEquals":{"aws:SourceAccount":"${AWS::AccountId}"}}';

test('the rules of a model are those that its resource can read, each known by its name', () => {
  const { rules } = synthesize('queue');
  const rule = (Id: string, Prefix: string) => ({
    Id,
    Events: ['s3:ObjectCreated:*'],
    Prefix,
    Suffix: '.jsonl',
    QueueArn: expect.stringMatching(/^\$\{Target\w+\.Arn\}$/),
  });

  expect(rules.properties).toEqual({
    ServiceToken: expect.stringMatching(/^\$\{NotificationsProviderFunction\w+\.Arn\}$/),
    ServiceTimeout: '360',
    BucketName: 'ml-captures',
    EventBridge: 'false',
    Rules: [rule('credit-risk', 'captures/credit-risk/'), rule('credit-risk-shadow', 'shadow-tests/credit-risk/')],
  });
  expect(
    readResourceEvent({
      RequestType: 'Create',
      ResponseURL: 'https://answer.example',
      StackId: 'stack',
      RequestId: '1',
      LogicalResourceId: rules.id,
      ResourceProperties: rules.properties,
    }),
  ).toMatchObject({
    kind: 'request',
    bucket: 'ml-captures',
    request: { eventBridge: false, rules: WATCHED.map(({ prefix }) => ({ kind: 'queue', prefix, suffix: '.jsonl' })) },
  });
});

test.each([
  ['queue', 'AWS::SQS::QueuePolicy', 'sqs:SendMessage', '.Arn'],
  ['topic', 'AWS::SNS::TopicPolicy', 'sns:Publish', ''],
] as const)(
  'S3 is let into the %s from this bucket of this account alone, before the rules are written',
  (target, type, action, arn) => {
    const { template, rules } = synthesize(target);
    const policy = onlyResource(template, type);

    expect(statementLines(policy).map((line) => line.replace(/\$\{Target\w+?(?=\.Arn\}|\})/, '${Target'))).toEqual([
      `Allow ${action} to {"Service":"s3.amazonaws.com"} on \${Target${arn}} ${FROM_BUCKET}`,
    ]);
    expect(rules.dependsOn).toEqual([policy.id]);
  },
);

test('the function may read and write the notifications of this bucket, and its log', () => {
  const { template } = synthesize('queue');
  const role = resourcesOf(template, 'AWS::IAM::Role').flatMap(statementLines);

  expect(role).toEqual([
    expect.stringMatching(/^Allow logs:CreateLogStream, logs:PutLogEvents on \$\{NotificationsProviderLogs\w+\.Arn\}$/),
    'Allow s3:GetBucketNotification, s3:PutBucketNotification on arn:${AWS::Partition}:s3:::ml-captures',
  ]);
});

test('EventBridge is asked for both ends of a key at once, and S3 for the switch alone', () => {
  const { template, rules } = synthesize('queue', 'eventbridge');

  expect(rules.properties).toMatchObject({ Rules: [], EventBridge: 'true' });
  expect(onlyResource(template, 'AWS::Events::Rule').properties).toEqual({
    Description: 'New captures of credit-risk',
    State: 'ENABLED',
    EventPattern: {
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: {
        bucket: { name: ['ml-captures'] },
        object: {
          key: [{ wildcard: 'captures/credit-risk/*.jsonl' }, { wildcard: 'shadow-tests/credit-risk/*.jsonl' }],
        },
      },
    },
    Targets: [{ Id: 'Target0', Arn: expect.stringMatching(/^\$\{Target\w+\.Arn\}$/) }],
  });
});

test('EventBridge is let into the queue by its rule, and S3 is not', () => {
  const { template } = synthesize('queue', 'eventbridge');
  const [rule] = resourcesOf(template, 'AWS::Events::Rule');
  const lines = statementLines(onlyResource(template, 'AWS::SQS::QueuePolicy'));

  expect(lines).toEqual([expect.stringMatching(/^Allow sqs:SendMessage to \{"Service":"events\.amazonaws\.com"\}/)]);
  expect(lines[0]).toContain(`{"ArnEquals":{"aws:SourceArn":"\${${rule?.id}.Arn}"}}`);
});

describe('props that S3 or CloudWatch would refuse at deployment', () => {
  const problemsOf = (props: Partial<CaptureNotificationsProps>): readonly string[] => {
    const stack = new Stack(new App(), 'CreditRisk');
    const key = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd');
    const target = { topic: new Topic(stack, 'Target') };
    const rest = { model: 'credit-risk', bucket: bucketNamed('ml-captures'), target, key, logRetentionDays: 90 };
    try {
      new CaptureNotifications(stack, 'Notifications', { ...rest, watched: WATCHED, ...props });
      return [];
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
  };
  const OVERLAPPING = [...WATCHED, { ruleName: 'all', prefix: 'captures/' }];

  test('are all told at once', () => {
    expect(problemsOf({ watched: [...OVERLAPPING, { ruleName: 'b', prefix: 'b' }], logRetentionDays: 45 })).toEqual([
      expect.stringMatching(/^watched\[3\]\.prefix must end with "\/", .*; given: "b"$/),
      `watched: prefix "captures/" of all overlaps "captures/credit-risk/" of credit-risk, which S3 refuses: both would take "captures/credit-risk/example.jsonl"; narrow one of them, or take trigger: 'eventbridge'`,
      expect.stringMatching(/^logRetentionDays must be one of 1, 3, .*; given: 45$/),
    ]);
  });

  test('are fewer with EventBridge, which knows no overlap', () => {
    expect(problemsOf({ watched: OVERLAPPING, trigger: 'eventbridge' })).toEqual([]);
  });
});
