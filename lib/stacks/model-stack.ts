import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { AppSettings } from '../app/app-settings';
import type { ModelFile } from '../app/load-models';
import { CapturedEndpoint } from '../constructs/captured-endpoint';
import { CaptureNotifications } from '../constructs/capture-notifications';
import { CaptureStore } from '../constructs/capture-store';
import { Forwarder } from '../constructs/forwarder';
import { bucketNamed, type NamedBucket } from '../constructs/named-bucket';
import { chosenKey } from '../kms/chosen-key';
import type { StoreStack } from './store-stack';

export interface ModelStackProps extends StackProps {
  readonly file: ModelFile;
  readonly settings: AppSettings;
  readonly store: StoreStack;
}

const LOG_RETENTION_DAYS = 90;

/** Everything of one model: its endpoint or the one that is there, triggers, forwarder, sweep and alarms. */
export class ModelStack extends Stack {
  private readonly key: IKey;
  private readonly logRetentionDays: number;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ModelStackProps,
  ) {
    super(scope, id, props);
    const { file, settings, store } = props;
    const { capture, forwarder } = file.document;
    // As if it were not ours: nothing here may add to a policy of the store's stack, which would tie the two in a ring.
    this.key = Key.fromKeyArn(this, 'Key', store.key.keyArn);
    this.logRetentionDays = settings.logRetentionDays ?? LOG_RETENTION_DAYS;
    this.addStackDependency(store, 'its key, its state bucket, and the captures where they are shared');
    const bucket = this.captureBucket();
    const isOurs = capture.store !== 'existing';
    const forwarding = new Forwarder(this, 'Forwarder', {
      model: file.raw,
      watched: [{ bucket, prefix: capture.prefix }],
      stateBucket: store.stateBucket,
      key: this.key,
      // Captures of an existing bucket may be encrypted with a key of their own.
      captureKey: chosenKey(capture.kmsKey, null),
      ...(forwarder === undefined ? {} : { settings: forwarder }),
      logRetentionDays: this.logRetentionDays,
    });
    const { topic, all } = forwarding.queues;
    const [first] = all;
    if (first === undefined) throw new Error('a model without sinks, which the schema refuses');
    new CaptureNotifications(this, 'Notifications', {
      model: file.config.model,
      bucket,
      prefixes: [capture.prefix],
      target: topic === null ? { queue: first.queue } : { topic },
      trigger: capture.trigger,
      key: this.key,
      logRetentionDays: this.logRetentionDays,
    });
    this.endpoint(isOurs);
    new CfnOutput(this, 'StateBucket', { value: store.stateBucket.bucketName });
  }

  private captureBucket(): NamedBucket {
    const { file, store, settings } = this.props;
    const { bucket, store: kind } = file.document.capture;
    if (kind === 'own')
      new CaptureStore(this, 'Captures', {
        bucketName: bucket,
        key: this.key,
        accessLogs: store.accessLogs,
        ...(settings.captureRetentionDays === undefined ? {} : { retentionDays: settings.captureRetentionDays }),
      });
    return bucketNamed(bucket);
  }

  private endpoint(isOurs: boolean): CapturedEndpoint | null {
    const { document, config } = this.props.file;
    if (document.endpoint.create === undefined) return null;
    return new CapturedEndpoint(this, 'Endpoint', {
      settings: document.endpoint.create,
      capture: document.capture,
      defaultName: config.model.replaceAll('_', '-'),
      ...(isOurs ? { captureKey: this.props.store.key } : {}),
    });
  }
}

void Topic;
void EmailSubscription;
