import type { Stack } from 'aws-cdk-lib';
import { bucketNamed, CaptureNotifications, Forwarder, RelayKey } from 'capture-relay/cdk';

export function forwarder(stack: Stack) {
  const { key } = new RelayKey(stack, 'RelayKey', { alias: 'ml-relay' });
  const bucket = bucketNamed('ml-captures');
  const prefix = 'captures/credit-risk/';
  const token = { secret: 'monitoring/arthur' };
  const made = new Forwarder(stack, 'Forwarder', {
    model: {
      model: 'credit-risk',
      capture: { bucket: bucket.bucketName, prefix },
      sinks: [{ type: 'arthur', host: 'https://app.arthur.ai', modelId: '1234abcd', token }],
    },
    watched: [{ bucket, prefix }],
    stateBucket: bucketNamed('ml-relay-state-111122223333'),
    key,
    settings: { memoryMb: 1024, maxConcurrency: 5 },
  });
  new CaptureNotifications(stack, 'Notifications', {
    model: 'credit-risk',
    bucket,
    watched: [{ ruleName: 'credit-risk', prefix }],
    target: made.queues.destination,
    key,
    logRetentionDays: 90,
  });
  return made;
}
