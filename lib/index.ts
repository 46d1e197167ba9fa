/**
 * The constructs, for CDK applications of others (docs/constructs.md). What is not exported here may change without
 * notice. Needs aws-cdk-lib and constructs, which the command line does not: they are optional peers of the package.
 */
export { relayApp } from './app/relay-app';
export { type AppSettings, appSettingsSchema } from './config/app-settings';
export { type DeployedModel, loadModels, type ModelFile, type RelayFiles } from './config/load-models';
export { AccessLogs } from './constructs/access-logs';
export { AlarmTopics } from './constructs/alarm-topics';
export { CapturedEndpoint, type CapturedEndpointProps } from './constructs/captured-endpoint';
export {
  CaptureNotifications,
  type CaptureNotificationsProps,
  type WatchedPrefix,
} from './constructs/capture-notifications';
export { CaptureStore, type CaptureStoreProps } from './constructs/capture-store';
export { Forwarder, type ForwarderProps } from './constructs/forwarder';
export { bucketNamed, type NamedBucket } from './constructs/named-bucket';
export { PipelineAlarms, type PipelineAlarmsProps } from './constructs/pipeline-alarms';
export { RelayKey } from './constructs/relay-key';
export { type ShadowProductionVariant, shadowProductionVariants } from './constructs/shadow-production-variants';
export { ShadowTest, type ShadowTestProps } from './constructs/shadow-test';
export { StateStore, type StateStoreProps } from './constructs/state-store';
export type {
  SinkQueues as WatchedSinkQueues,
  WatchedEndpoint,
  WatchedPipeline,
} from './constructs/watched-pipeline';
export type { Watched } from './forwarder/permissions';
export type { Destination, SinkQueue, SinkQueues } from './forwarder/sink-queues';
export { type ChosenKey, chosenKey } from './kms/chosen-key';
export { type Overlap, overlaps } from './notifications/overlap';
export { captureTrigger, type TriggerRule } from './notifications/trigger-rule';
export { ModelStack, type ModelStackProps } from './stacks/model-stack';
export { StoreStack, type StoreStackProps } from './stacks/store-stack';
export type { CaptureSettings } from '../src/config/deploy/capture-schema';
export type { CreateEndpointSettings } from '../src/config/deploy/endpoint-schema';
export type { AlarmSettings, ForwarderSettings } from '../src/config/deploy/forwarder-schema';
export type { CapturePlace } from '../src/config/shadow-capture';
export type { RawShadowTest as ShadowTestSettings } from '../src/config/shadow-test';
export { ConfigError } from '../src/core/errors';
