import { createHash } from 'node:crypto';
import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CapturedEndpoint } from '../constructs/captured-endpoint';
import type { Forwarder } from '../constructs/forwarder';
import type { PipelineAlarms } from '../constructs/pipeline-alarms';

export interface ModelParts {
  /** Null for one that is there: its name stands in the configuration. */
  readonly endpoint: CapturedEndpoint | null;
  readonly forwarder: Forwarder;
  readonly alarms: PipelineAlarms;
  readonly stateBucketName: string;
}

/**
 * What people and scripts need of a model's stack. The ids are a promise: docs/runbook.md and scripts of others read
 * them, so each stands directly at the stack, where CDK adds no hash to it.
 */
export function modelOutputs(stack: Construct, { endpoint, forwarder, alarms, stateBucketName }: ModelParts): void {
  const output = (id: string, value: string, description: string): void => {
    new CfnOutput(stack, id, { value, description });
  };
  if (endpoint !== null) output('EndpointName', endpoint.endpoint.attrEndpointName, 'Endpoint that was made');
  for (const { name, queue, deadLetterQueue } of forwarder.queues.all) {
    const word = outputWord(name);
    output(`QueueUrl${word}`, queue.queueUrl, `Queue of sink ${name}`);
    output(`DeadLetterQueueUrl${word}`, deadLetterQueue.queueUrl, `Dead-letter queue of sink ${name}`);
    output(
      `DeadLetterQueueArn${word}`,
      deadLetterQueue.queueArn,
      `Dead-letter queue of sink ${name}, for aws sqs start-message-move-task`,
    );
  }
  output('ForwarderFunction', forwarder.forward.functionName, 'Function that delivers captures');
  output('ForwarderLogs', forwarder.forward.logGroup.logGroupName, 'Log group of the forwarder');
  output('SweepFunction', forwarder.sweep.functionName, 'Function that finds captures that no notification came for');
  output('SweepLogs', forwarder.sweep.logGroup.logGroupName, 'Log group of the sweep');
  output('Dashboard', alarms.dashboard.dashboardName, 'CloudWatch dashboard of the model');
  output('StateBucket', stateBucketName, STATE_BUCKET);
}

export const STATE_BUCKET = 'For --state of capture-relay status, find, replay, redrive and purge: s3:// before it';

/**
 * A sink's name in the id of an output, which takes letters and digits alone: `arthur-eu` → `ArthurEu`. A name from
 * which that takes more than hyphens before a letter gets a hash of itself behind it, so that no two sinks share an id,
 * and no sink's id depends on another's.
 */
export function outputWord(sink: string): string {
  const words = sink.split(/[-_]+/).filter((word) => word !== '');
  const word = words.map((each) => each.slice(0, 1).toUpperCase() + each.slice(1)).join('');
  const isReversible = /^[a-z0-9]+(?:-[a-z][a-z0-9]*)*$/.test(sink);
  return isReversible ? word : `${word}${createHash('sha256').update(sink).digest('hex').slice(0, 8)}`;
}
