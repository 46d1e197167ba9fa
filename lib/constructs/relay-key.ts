import { Aws } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

/**
 * One key for captures, state, queues, topics and logs. Roles of the account use it by their own policies; services need
 * the key's: the key that AWS manages for SQS or SNS has none that could be edited, so S3 could not send to an encrypted
 * queue. Source: S3 User Guide, "Granting permissions to publish event notification messages".
 */
export class RelayKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, { alias }: { readonly alias: string }) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      alias,
      description: 'Captures, state, queues and logs of capture-relay',
      enableKeyRotation: true,
    });
    // Services that send on behalf of this account's own buckets, topics, rules and alarms.
    for (const service of ['s3', 'sns', 'events', 'cloudwatch'])
      this.key.addToResourcePolicy(
        new PolicyStatement({
          sid: `Send${service}`,
          principals: [new ServicePrincipal(`${service}.amazonaws.com`)],
          actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
          resources: ['*'],
          conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
        }),
      );
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Logs',
        principals: [new ServicePrincipal(`logs.${Aws.REGION}.amazonaws.com`)],
        actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*', 'kms:DescribeKey'],
        resources: ['*'],
        conditions: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:*`,
          },
        },
      }),
    );
  }
}
