import type { Stack } from 'aws-cdk-lib';
import { CapturedEndpoint } from 'capture-relay/cdk';

export function capturedEndpoint(stack: Stack) {
  const endpoint = new CapturedEndpoint(stack, 'Endpoint', {
    defaultName: 'credit-risk',
    settings: {
      image: '111122223333.dkr.ecr.eu-central-1.amazonaws.com/credit-risk:1',
      modelDataUrl: 's3://ml-models/credit-risk/model.tar.gz',
      instanceType: 'ml.m5.large',
      deployment: { traffic: 'canary', rollbackAlarms: ['credit-risk-5xx'] },
    },
    capture: { bucket: 'ml-captures', prefix: 'captures/credit-risk/', kmsKey: 'alias/captures' },
  });
  return { name: endpoint.endpointName, variants: endpoint.variants };
}
