import assert from 'node:assert/strict';
import { CreateBucketCommand, type NotificationConfiguration } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { nameInRuleId } from '../../../lib/notifications/owner';
import type { Account } from './account';

/** A bucket that others use: their queue hears of other files in it, and EventBridge of all. */
export async function makeUsedBucket(account: Account, bucket: string): Promise<NotificationConfiguration> {
  const { s3, sqs } = account;
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'lake-events' }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const QueueArn = Attributes?.QueueArn;
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: QueueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': `arn:aws:s3:::${bucket}` } },
      },
    ],
  });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  const rules: NotificationConfiguration = {
    QueueConfigurations: [
      {
        Id: 'lake import',
        QueueArn,
        Events: ['s3:ObjectCreated:Put', 's3:ObjectRemoved:*'],
        Filter: {
          Key: {
            FilterRules: [
              { Name: 'prefix', Value: 'lake/' },
              { Name: 'suffix', Value: '.parquet' },
            ],
          },
        },
      },
    ],
    EventBridgeConfiguration: {},
  };
  await account.writeNotifications(bucket, rules);
  assert.deepEqual(await account.notifications(bucket), rules, 'what was written is there');
  return rules;
}

export interface OwnRule {
  readonly model: string;
  readonly filter: Readonly<Record<string, string>>;
}

/** A bucket's configuration without the rules of deployed models, and those. */
export function partsOf(all: NotificationConfiguration): { others: NotificationConfiguration; own: OwnRule[] } {
  const isOwn = ({ Id = '' }: { Id?: string | undefined }): boolean => nameInRuleId(Id) !== null;
  const others: NotificationConfiguration = { ...all };
  const own: OwnRule[] = [];
  for (const kind of ['QueueConfigurations', 'TopicConfigurations'] as const) {
    const rules = all[kind] ?? [];
    for (const rule of rules.filter(isOwn))
      own.push({
        model: nameInRuleId(rule.Id ?? '') ?? '',
        filter: Object.fromEntries(
          (rule.Filter?.Key?.FilterRules ?? []).map(({ Name = '', Value = '' }) => [Name.toLowerCase(), Value]),
        ),
      });
    const left = rules.filter((rule) => !isOwn(rule));
    if (left.length > 0) others[kind] = left as never;
    else delete others[kind];
  }
  return { others, own: own.sort((a, b) => (a.model < b.model ? -1 : 1)) };
}
