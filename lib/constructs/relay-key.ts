import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

const OF_ACCOUNT = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };

/**
 * Who sends to encrypted queues and topics. What EventBridge asks of KMS carries no source, and AWS's own statement for
 * S3 has no condition: with one, every message would be refused without a word. Sources: SNS Developer Guide, "Enable
 * compatibility between event sources from AWS services and encrypted topics"; S3 User Guide, "Granting permissions to
 * publish event notification messages".
 */
const SENDERS = {
  s3: {},
  events: {},
  sns: { ArnLike: { 'aws:SourceArn': `arn:${Aws.PARTITION}:sns:${Aws.REGION}:${Aws.ACCOUNT_ID}:*` } },
  cloudwatch: OF_ACCOUNT,
};

/**
 * One key for captures, state, queues, topics and logs. Roles of the account use it by their own policies; services need
 * the key's: the key that AWS manages for SQS or SNS has none that could be edited, so S3 could not send to an encrypted
 * queue.
 */
export class RelayKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, { alias }: { readonly alias: string }) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      alias,
      description: 'Captures, state, queues and logs of capture-relay',
      enableKeyRotation: true,
      // Captures and ledger outlive their stacks, and nobody could read them without it.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    for (const [service, conditions] of Object.entries(SENDERS))
      this.key.addToResourcePolicy(
        new PolicyStatement({
          sid: `Send${service}`,
          principals: [new ServicePrincipal(`${service}.amazonaws.com`)],
          actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
          resources: ['*'],
          conditions,
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
