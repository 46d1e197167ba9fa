import { Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { EventSourceMapping, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { MAX_CONCURRENCY } from '../../src/config/defaults';
import type { ForwarderSettings } from '../../src/config/deploy/forwarder-schema';
import { checkedModel } from '../forwarder/forwarder-problems';
import { functionCode } from '../forwarder/function-code';
import {
  forwardState,
  listCaptures,
  readCaptures,
  sinkStatements,
  sweepState,
  type Watched,
} from '../forwarder/permissions';
import { RelayFunction, useRelayKey } from '../forwarder/relay-function';
import { SinkQueues } from '../forwarder/sink-queues';
import { type ChosenKey, chosenKey, chosenKeyStatements } from '../kms/chosen-key';
import { placeOf } from '../kms/place-of';
import { acknowledge } from '../nag/acknowledge';
import type { NamedBucket } from './named-bucket';

export interface ForwarderProps {
  /** The configuration of a model as an object; it travels verbatim inside the functions. */
  readonly model: unknown;
  /** Where captures lie: the model's prefix, and that of its shadow test. */
  readonly watched: readonly Watched[];
  readonly stateBucket: NamedBucket;
  /** Encrypts queues, topic and logs, and the state bucket; its policy must let S3, SNS and EventBridge use it. */
  readonly key: IKey;
  /** Other keys that encrypt captures. */
  readonly captureKeys?: readonly ChosenKey[];
  readonly settings?: ForwarderSettings;
  /** Default: 90. */
  readonly logRetentionDays?: number;
}

const TIMEOUT_SECONDS = 120;
/** bench/memory.ts prints what a run takes; half of this. */
export const MEMORY_MB = 512;
/** Messages a run; files are done one after another, so more would only wait. */
const BATCH_MESSAGES = 10;
const LOG_RETENTION_DAYS = 90;
export const SWEEP_MEMORY_MB = 512;
const SWEEP = { timeout: Duration.minutes(15), memoryMb: SWEEP_MEMORY_MB };

/**
 * Forwards the captures of one model: a queue and a dead-letter queue for each sink, the function that they feed, and
 * the sweep that finds what no notification came for. Notifications go to `topic`, or to the single queue.
 */
export class Forwarder extends Construct {
  readonly queues: SinkQueues;
  readonly forward: LambdaFunction;
  readonly sweep: LambdaFunction;

  /** Throws a ConfigError that lists what is wrong with the configuration and the other props. */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ForwarderProps,
  ) {
    super(scope, id);
    const { model, settings = {}, key, stateBucket, watched, logRetentionDays } = props;
    const config = checkedModel({ model, watched, settings, logRetentionDays });
    const timeout = Duration.seconds(settings.timeoutSeconds ?? TIMEOUT_SECONDS);
    const names = config.sinks.map(({ name }) => name);
    this.queues = new SinkQueues(this, 'Queues', { sinks: names, key, functionTimeout: timeout });
    const environment = {
      CAPTURE_RELAY_STATE_BUCKET: stateBucket.bucketName,
      CAPTURE_RELAY_SINK_QUEUES: Stack.of(this).toJsonString(
        Object.fromEntries(this.queues.all.map(({ name, queue }) => [name, queue.queueArn])),
      ),
    };
    const common = {
      environment,
      key,
      logRetentionDays: logRetentionDays ?? LOG_RETENTION_DAYS,
      vpc: settings.vpc,
    };
    const place = placeOf(Stack.of(this));
    const captureKeys = props.captureKeys ?? [];
    this.forward = new RelayFunction(this, 'Forward', {
      ...common,
      description: `Delivers captures of ${config.model}`,
      onFailure: 'It is invoked by queues, which have a dead-letter queue each.',
      code: functionCode('forward', props.model),
      timeout,
      memoryMb: settings.memoryMb ?? MEMORY_MB,
      reservedConcurrency: settings.reservedConcurrency,
      statements: [
        ...readCaptures(watched),
        ...captureKeys.flatMap((each) => chosenKeyStatements(each, 'read', place)),
        ...forwardState(stateBucket, config.model),
        ...sinkStatements(config),
        ...secretsKey(chosenKey(settings.secretsKmsKey, null), this),
        this.queueStatement(
          'sqs:ReceiveMessage',
          'sqs:DeleteMessage',
          'sqs:ChangeMessageVisibility',
          'sqs:GetQueueAttributes',
          'sqs:GetQueueUrl',
          'sqs:SendMessage',
        ),
        useRelayKey(key),
      ],
    }).function;
    this.feed(settings.maxConcurrency ?? MAX_CONCURRENCY);
    this.sweep = new RelayFunction(this, 'Sweep', {
      ...common,
      ...SWEEP,
      description: `Finds captures of ${config.model} that no notification came for`,
      onFailure: 'The next hour does the same work, and alarms tell of errors and of silence.',
      code: functionCode('sweep', props.model),
      statements: [
        ...listCaptures(watched),
        ...sweepState(stateBucket, config.model),
        this.queueStatement('sqs:GetQueueUrl', 'sqs:SendMessage'),
        useRelayKey(key),
      ],
    }).function;
    const hourly = new Rule(this, 'Hourly', {
      description: `Sweep of ${config.model}`,
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [new LambdaTarget(this.sweep)],
    });
    acknowledge(hourly, { 'Serverless-EventBusDLQ': 'The next hour does the same work; an alarm tells of silence.' });
  }

  private feed(maxConcurrency: number): void {
    for (const { name, queue } of this.queues.all)
      acknowledge(
        new EventSourceMapping(this, `${name}Source`, {
          target: this.forward,
          eventSourceArn: queue.queueArn,
          batchSize: BATCH_MESSAGES,
          maxConcurrency,
          // Neighbours of a poisonous file are acknowledged.
          reportBatchItemFailures: true,
        }),
        { 'Serverless-LambdaEventSourceMappingDestination': 'The queue itself moves what fails to its dead letters.' },
      );
  }

  private queueStatement(...actions: string[]): PolicyStatement {
    return new PolicyStatement({ actions, resources: this.queues.all.map(({ queue }) => queue.queueArn) });
  }
}

function secretsKey(key: ChosenKey | null, scope: Construct): PolicyStatement[] {
  if (key === null) return [];
  // Secrets named by ARN may be another region's.
  const services = ['secretsmanager', 'ssm'].map((service) => `${service}.*.amazonaws.com`);
  return chosenKeyStatements(key, 'read', placeOf(Stack.of(scope))).map((statement) => {
    const { Resource } = statement.toStatementJson() as { readonly Resource: string };
    return new PolicyStatement({
      actions: ['kms:Decrypt'],
      resources: [Resource],
      conditions: { ...withoutVia(statement), StringLike: { 'kms:ViaService': services } },
    });
  });
}

/** An alias stays a condition; the service through which the key is used is another one. */
function withoutVia(statement: PolicyStatement): Record<string, unknown> {
  const { StringEquals: _via, ...others } = statement.conditions as Record<string, unknown>;
  return others;
}
