import { Aws, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { bucketNamed, type NamedBucket } from '../constructs/named-bucket';
import type { Construct } from 'constructs';
import { AccessLogs } from '../constructs/access-logs';
import { CaptureStore } from '../constructs/capture-store';
import { RelayKey } from '../constructs/relay-key';
import { StateStore } from '../constructs/state-store';
import { STATE_BUCKET } from './model-outputs';

export interface StoreStackProps extends StackProps {
  readonly app: string;
  /** Name of the bucket that models share; null: none of them does. */
  readonly sharedBucket: string | null;
  readonly captureRetentionDays?: number;
  /** ARN of a key that is there already; null: one is made. */
  readonly kmsKey: string | null;
  /** A state bucket that is there already; null: one is made. */
  readonly stateBucket: string | null;
}

/** What all models share: the key, the state bucket, the access logs, and the bucket of captures where one is shared. */
export class StoreStack extends Stack {
  readonly key: IKey;
  readonly stateBucket: NamedBucket;
  readonly accessLogs: NamedBucket;

  constructor(scope: Construct, id: string, props: StoreStackProps) {
    const { app, sharedBucket, captureRetentionDays, stateBucket, kmsKey, ...stackProps } = props;
    super(scope, id, stackProps);
    this.key =
      kmsKey === null ? new RelayKey(this, 'Key', { alias: app }).key : Key.fromKeyArn(this, 'ExistingKey', kmsKey);
    this.accessLogs = new AccessLogs(this, 'AccessLogs').bucket;
    const kept = {
      key: this.key,
      accessLogs: this.accessLogs,
    };
    this.stateBucket = bucketNamed(stateBucket ?? `${app}-state-${Aws.ACCOUNT_ID}-${Aws.REGION}`);
    if (stateBucket === null)
      new StateStore(this, 'State', {
        ...kept,
        bucketName: this.stateBucket.bucketName,
        ...(captureRetentionDays === undefined ? {} : { captureRetentionDays }),
      });
    if (sharedBucket !== null)
      new CaptureStore(this, 'Captures', {
        ...kept,
        bucketName: sharedBucket,
        ...(captureRetentionDays === undefined ? {} : { retentionDays: captureRetentionDays }),
      });
    // Ids that docs/runbook.md and scripts of others read.
    new CfnOutput(this, 'StateBucket', { value: this.stateBucket.bucketName, description: STATE_BUCKET });
    if (sharedBucket !== null)
      new CfnOutput(this, 'CaptureBucket', { value: sharedBucket, description: 'Captures of models that share it' });
    new CfnOutput(this, 'KeyArn', {
      value: this.key.keyArn,
      description: 'Key of captures, state, queues, topics and logs',
    });
  }
}
