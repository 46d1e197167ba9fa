import type { Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { type Forwarder, PipelineAlarms } from 'capture-relay/cdk';

export function pipelineAlarms(stack: Stack, { queues, forward, sweep }: Forwarder) {
  return new PipelineAlarms(stack, 'Alarms', {
    model: 'credit-risk',
    sinks: queues.all,
    forward,
    sweep,
    endpoint: { name: 'credit-risk', variants: ['AllTraffic'], shadowVariants: [] },
    actions: [Topic.fromTopicArn(stack, 'Pager', 'arn:aws:sns:eu-central-1:111122223333:pager')],
    runbookUrl: 'https://example.com/runbook',
  });
}
