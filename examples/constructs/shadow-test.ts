import type { Stack } from 'aws-cdk-lib';
import { ShadowTest } from 'capture-relay/cdk';

export function shadowTest(stack: Stack) {
  const instances = { instanceType: 'ml.m5.large', instanceCount: 1 };
  const test = new ShadowTest(stack, 'ShadowTest', {
    test: {
      name: 'challenger-2027-01',
      endpoint: 'credit-risk',
      variants: [
        { variant: 'AllTraffic', model: 'credit-risk-7', ...instances },
        { variant: 'Challenger', model: 'credit-risk-8', ...instances },
      ],
      sourceVariant: 'AllTraffic',
      shadowVariant: { variant: 'Challenger', samplingPercentage: 50 },
      schedule: { start: '2027-01-11T08:00:00Z', end: '2027-01-18T08:00:00Z' },
    },
    storage: { bucket: 'ml-captures', prefix: 'shadow-tests/credit-risk/' },
  });
  return test.arn;
}
