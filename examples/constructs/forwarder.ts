import type { Stack } from 'aws-cdk-lib';
import { CaptureNotifications, Forwarder } from 'capture-relay/cdk';
import { CAPTURES, type stores } from './stores';

export function forwarder(stack: Stack, { key, captures, state }: ReturnType<typeof stores>) {
  const prefix = 'captures/credit-risk/';
  const token = { secret: 'monitoring/arthur' };
  const made = new Forwarder(stack, 'Forwarder', {
    model: {
      model: 'credit-risk',
      capture: { bucket: CAPTURES, prefix },
      sinks: [{ type: 'arthur', host: 'https://app.arthur.ai', modelId: '1234abcd', token }],
    },
    watched: [{ bucket: captures, prefix }],
    stateBucket: state,
    key,
    settings: { memoryMb: 1024, maxConcurrency: 5 },
  });
  new CaptureNotifications(stack, 'Notifications', {
    model: 'credit-risk',
    bucket: captures,
    watched: [{ ruleName: 'credit-risk', prefix }],
    target: made.queues.destination,
    key,
    logRetentionDays: 90,
  });
  return made;
}
