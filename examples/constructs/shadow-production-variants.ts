import type { Stack } from 'aws-cdk-lib';
import { CfnEndpointConfig } from 'aws-cdk-lib/aws-sagemaker';
import { shadowProductionVariants } from 'capture-relay/cdk';

export function shadowVariant(stack: Stack) {
  const instances = { instanceType: 'ml.m5.large', initialInstanceCount: 1, initialVariantWeight: 1 };
  return new CfnEndpointConfig(stack, 'Config', {
    productionVariants: [{ variantName: 'AllTraffic', modelName: 'credit-risk-7', ...instances }],
    shadowProductionVariants: shadowProductionVariants(
      ['AllTraffic'],
      [{ variantName: 'Challenger', modelName: 'credit-risk-8', ...instances }],
    ),
  });
}
