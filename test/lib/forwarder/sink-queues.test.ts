// The built-in check takes 2 s for each test file; the examples are synthesized with it.
process.env.CDK_VALIDATION = 'false';

import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { SinkQueues } from '../../../lib/forwarder/sink-queues';
import { flatResources, resourcesOf, statementLines } from '../../support/flat-template';
import type { TemplateJson } from '../../support/relay-templates';

function synthesize(sinks: readonly string[], timeoutSeconds = 120) {
  const stack = new Stack(new App(), 'CreditRisk');
  const key = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd');
  const queues = new SinkQueues(stack, 'Queues', { sinks, key, functionTimeout: Duration.seconds(timeoutSeconds) });
  const template = Template.fromStack(stack).toJSON() as TemplateJson;
  const idOf = (name: string): string =>
    stack.getLogicalId(queues.all.find((each) => each.name === name)?.queue.node.defaultChild as never);
  const queueOf = (name: string) => flatResources(template).find(({ id }) => id === idOf(name));
  const policyOf = (name: string) =>
    resourcesOf(template, 'AWS::SQS::QueuePolicy')
      .filter(({ properties }) => String(properties.Queues) === `\${${idOf(name)}}`)
      .flatMap(statementLines)
      .map((line) => line.replaceAll(idOf(name), 'Queue'));
  return { template, queues, queueOf, policyOf };
}

const TLS_ONLY = 'Deny sqs:* to {"AWS":"*"} on ${Queue.Arn} if {"Bool":{"aws:SecureTransport":"false"}}';

test('a sink has a queue that gives a message to its dead-letter queue after five crashes', () => {
  const { template, queueOf, policyOf } = synthesize(['arthur']);
  const [deadLetters] = resourcesOf(template, 'AWS::SQS::Queue').filter(({ id }) => id.includes('DeadLetters'));

  expect(queueOf('arthur')?.properties).toEqual({
    KmsMasterKeyId: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd',
    KmsDataKeyReusePeriodSeconds: 3600,
    MessageRetentionPeriod: 14 * 24 * 3600,
    VisibilityTimeout: 720,
    RedrivePolicy: { deadLetterTargetArn: `\${${deadLetters?.id}.Arn}`, maxReceiveCount: 5 },
  });
  expect(deadLetters?.properties).toEqual({
    KmsMasterKeyId: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd',
    KmsDataKeyReusePeriodSeconds: 3600,
    MessageRetentionPeriod: 14 * 24 * 3600,
  });
  expect(policyOf('arthur')).toEqual([TLS_ONLY]);
});

test.each([60, 900])('a message is hidden for six times the %s s that a run may take', (seconds) => {
  expect(synthesize(['arthur'], seconds).queueOf('arthur')?.properties.VisibilityTimeout).toBe(6 * seconds);
});

test('a single sink needs no topic', () => {
  const { queues, template } = synthesize(['arthur']);

  expect(queues.topic).toBeNull();
  expect(resourcesOf(template, 'AWS::SNS::Topic')).toEqual([]);
});

test('several sinks hang on one topic, which hands each notification on as S3 wrote it', () => {
  const { template, policyOf } = synthesize(['arthur', 'fiddler']);
  const [topic] = resourcesOf(template, 'AWS::SNS::Topic');
  const fromTopic = `Allow sqs:SendMessage to {"Service":"sns.amazonaws.com"} on \${Queue.Arn} if {"ArnEquals":{"aws:SourceArn":"\${${topic?.id}}"}}`;

  expect(topic?.properties).toEqual({ KmsMasterKeyId: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd' });
  expect(resourcesOf(template, 'AWS::SNS::TopicPolicy').flatMap(statementLines)).toEqual([
    `Deny sns:Publish to "*" on \${${topic?.id}} if {"Bool":{"aws:SecureTransport":"false"}}`,
  ]);
  expect(resourcesOf(template, 'AWS::SNS::Subscription').map(({ properties }) => properties)).toEqual(
    [1, 2].map(() => ({
      Protocol: 'sqs',
      TopicArn: `\${${topic?.id}}`,
      Endpoint: expect.stringMatching(/^\$\{.*\.Arn\}$/),
      RawMessageDelivery: true,
    })),
  );
  expect([policyOf('arthur'), policyOf('fiddler')]).toEqual([
    [TLS_ONLY, fromTopic],
    [TLS_ONLY, fromTopic],
  ]);
});

test('sinks may have any names, those of other parts among them', () => {
  const names = ['Topic', 'a', 'aDeadLetters', 'aSubscription', 'Sinks', 'a-b', 'a_b', 'Queue', 'DeadLetters'];

  expect(resourcesOf(synthesize(names).template, 'AWS::SQS::Queue')).toHaveLength(2 * names.length);
});
