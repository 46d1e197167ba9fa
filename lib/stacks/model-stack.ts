import { Stack, type StackProps } from 'aws-cdk-lib';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { AppSettings } from '../config/app-settings';
import type { DeployedModel, ModelFile } from '../config/load-models';
import { defaultEndpointName } from '../config/stack-names';
import { AlarmTopics } from '../constructs/alarm-topics';
import { CapturedEndpoint } from '../constructs/captured-endpoint';
import { CaptureNotifications, type WatchedPrefix } from '../constructs/capture-notifications';
import { CaptureStore } from '../constructs/capture-store';
import { Forwarder } from '../constructs/forwarder';
import { bucketNamed } from '../constructs/named-bucket';
import { PipelineAlarms } from '../constructs/pipeline-alarms';
import { ShadowTest } from '../constructs/shadow-test';
import { modelDataUrls } from '../endpoint/endpoint-variants';
import { chosenKey } from '../kms/chosen-key';
import { tellKeyPolicies } from '../kms/tell-key-policies';
import { type CapturePlace, shadowRuleName } from '../../src/config/shadow-capture';
import type { RawShadowTest } from '../../src/config/shadow-test';
import { modelOutputs } from './model-outputs';
import type { StoreStack } from './store-stack';
import { watchedEndpoint } from './watched-endpoint';

export interface ModelStackProps extends StackProps {
  readonly file: ModelFile;
  readonly settings: AppSettings;
  readonly store: StoreStack;
}

const LOG_RETENTION_DAYS = 90;

/** Everything of one model: its endpoint or the one that is there, triggers, forwarder, sweep, shadow test, alarms. */
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
    // As if it were not ours: nothing here may add to a policy of the store's stack, which would tie the two in a ring.
    this.key = Key.fromKeyArn(this, 'Key', store.key.keyArn);
    this.logRetentionDays = settings.logRetentionDays ?? LOG_RETENTION_DAYS;
    this.addStackDependency(store, 'its key, its state bucket, and the captures where they are shared');
    const ownStore = this.captureStore();
    const forwarder = this.forwarder();
    const triggers = this.triggers(forwarder);
    const endpoint = this.endpoint();
    // Named, not referenced, so that it may be another stack's as well.
    if (ownStore !== null) for (const trigger of triggers) trigger.node.addDependency(ownStore);
    // The first capture may come with the first request: who watches for it is there before.
    if (endpoint !== null) endpoint.node.addDependency(...triggers);
    this.shadowTest(endpoint);
    const alarms = file.document.alarms ?? settings.alarms;
    if (alarms === undefined) throw new Error('no alarms, which the checks of a deployment refuse');
    const pipelineAlarms = new PipelineAlarms(this, 'Alarms', {
      model: file.config.model,
      sinks: forwarder.queues.all,
      forward: forwarder.forward,
      sweep: forwarder.sweep,
      endpoint: watchedEndpoint(file.document, endpoint),
      actions: new AlarmTopics(this, 'Told', { settings: alarms, key: this.key }).topics,
      ...(alarms.runbookUrl === undefined ? {} : { runbookUrl: alarms.runbookUrl }),
    });
    const stateBucketName = store.stateBucket.bucketName;
    modelOutputs(this, { endpoint, forwarder, alarms: pipelineAlarms, stateBucketName });
  }

  private captureStore(): CaptureStore | null {
    const { file, store, settings } = this.props;
    const { bucket, store: kind } = file.document.capture;
    if (kind !== 'own') return null;
    return new CaptureStore(this, 'Captures', {
      bucketName: bucket,
      key: this.key,
      accessLogs: store.accessLogs,
      ...(settings.captureRetentionDays === undefined ? {} : { retentionDays: settings.captureRetentionDays }),
    });
  }

  /** The endpoint's captures, and those of its shadow test. */
  private places(): (CapturePlace & WatchedPrefix)[] {
    const { document, config } = this.props.file;
    const { bucket, prefix } = document.capture;
    const { model, shadowCapture } = config;
    return [
      { bucket, prefix, ruleName: model },
      ...(shadowCapture === null ? [] : [{ ...shadowCapture, ruleName: shadowRuleName(model) }]),
    ];
  }

  private forwarder(): Forwarder {
    const { file, store } = this.props;
    const { capture, forwarder, shadow } = file.document;
    const keys = [capture.kmsKey, shadow?.test?.dataStorage?.kmsKey];
    const made = new Forwarder(this, 'Forwarder', {
      model: file.raw,
      watched: this.places().map(({ bucket, prefix }) => ({ bucket: bucketNamed(bucket), prefix })),
      stateBucket: store.stateBucket,
      key: this.key,
      captureKeys: keys.flatMap((text) => chosenKey(text, null) ?? []),
      ...(forwarder === undefined ? {} : { settings: forwarder }),
      logRetentionDays: this.logRetentionDays,
    });
    tellKeyPolicies(this, made.forward.role?.roleArn ?? '', [
      { setting: 'capture.kmsKey', text: capture.kmsKey, use: 'read' },
      { setting: 'shadow.test.dataStorage.kmsKey', text: shadow?.test?.dataStorage?.kmsKey, use: 'read' },
    ]);
    return made;
  }

  private triggers({ queues: { topic, all } }: Forwarder): CaptureNotifications[] {
    const { document, config } = this.props.file;
    const [first] = all;
    if (first === undefined) throw new Error('a model without sinks, which the schema refuses');
    const places = this.places();
    return [...new Set(places.map(({ bucket }) => bucket))].map(
      (bucket, at) =>
        new CaptureNotifications(this, at === 0 ? 'Notifications' : 'ShadowNotifications', {
          model: config.model,
          bucket: bucketNamed(bucket),
          watched: places.filter((place) => place.bucket === bucket),
          target: topic === null ? { queue: first.queue } : { topic },
          trigger: document.capture.trigger,
          key: this.key,
          logRetentionDays: this.logRetentionDays,
        }),
    );
  }

  private endpoint(): CapturedEndpoint | null {
    const { document, config } = this.props.file;
    if (document.endpoint.create === undefined) return null;
    return new CapturedEndpoint(this, 'Endpoint', {
      settings: document.endpoint.create,
      capture: document.capture,
      defaultName: defaultEndpointName(config.model),
      ...this.madeKey(document.capture.bucket),
    });
  }

  /** Of a bucket that this application makes; one that is there has an encryption of its own. */
  private madeKey(bucket: string | undefined): { captureKey?: IKey } {
    const { capture } = this.props.file.document;
    return capture.store === 'existing' || capture.bucket !== bucket ? {} : { captureKey: this.key };
  }

  private shadowTest(endpoint: CapturedEndpoint | null): void {
    const { document, config } = this.props.file;
    const test = document.shadow?.test;
    if (test === undefined) return;
    const endpointName = endpoint?.endpointName ?? watchedEndpoint(document, endpoint).name;
    const modelName = endpoint?.models.get(test.sourceVariant);
    const experiment = new ShadowTest(this, 'ShadowTest', {
      test: inBucketOf(document.capture, test, config.shadowCapture),
      storage: config.shadowCapture,
      ...this.madeKey(config.shadowCapture?.bucket),
      ...(test.endpoint === undefined ? { endpointName } : {}),
      ...(modelName === undefined ? {} : { modelName }),
      modelDataUrls: document.endpoint.create === undefined ? [] : modelDataUrls(document.endpoint.create),
      ...(endpoint?.role == null ? {} : { modelRole: endpoint.role }),
      // Into one of our buckets, so that whoever reads the one key reads these, too.
      ...(config.shadowCapture?.bucket === document.capture.bucket && document.capture.store !== 'existing'
        ? { captureKey: this.key }
        : {}),
    });
    if (endpoint !== null) experiment.node.addDependency(endpoint);
  }
}

/** A bucket's key is named once, at `capture`; a test that writes to the same bucket has to use it, too. */
function inBucketOf({ bucket, kmsKey }: DeployedModel['capture'], test: RawShadowTest, place: CapturePlace | null) {
  if (kmsKey === undefined || place?.bucket !== bucket || test.dataStorage?.kmsKey !== undefined) return test;
  return { ...test, dataStorage: { ...test.dataStorage, kmsKey } };
}
