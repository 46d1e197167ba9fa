import type { Stack } from 'aws-cdk-lib';
import { AccessLogs, CaptureStore, RelayKey, StateStore } from 'capture-relay/cdk';

/** Configurations travel as they are, so they take a name and not a reference. */
export const CAPTURES = 'ml-captures-111122223333';

export function stores(stack: Stack) {
  const { key } = new RelayKey(stack, 'RelayKey', { alias: 'ml-relay' });
  const { bucket: accessLogs } = new AccessLogs(stack, 'AccessLogs');
  const captures = new CaptureStore(stack, 'Captures', { bucketName: CAPTURES, key, accessLogs, retentionDays: 400 });
  const state = new StateStore(stack, 'State', {
    bucketName: 'ml-relay-state-111122223333',
    key,
    accessLogs,
    captureRetentionDays: 400,
  });
  return { key, captures: captures.bucket, state: state.bucket };
}
