import type { CfnEndpointConfig } from 'aws-cdk-lib/aws-sagemaker';
import { ConfigError } from '../../src/core/errors';

/** A shadow variant beside a production variant, for good: no test, no schedule, no end. */
export interface ShadowProductionVariant {
  /** Its folder in the captures: `{prefix}{endpoint}/{variantName}/`. */
  readonly variantName: string;
  readonly modelName: string;
  readonly instanceType: string;
  readonly initialInstanceCount: number;
  /**
   * How many requests are copied to it, against the production variant's weight.
   * @default 1, all of them beside a production variant of weight 1
   */
  readonly initialVariantWeight?: number;
}

/**
 * The `shadowProductionVariants` of an endpoint configuration; its captures are those of the endpoint's own
 * DataCaptureConfig, marked `ShadowExperiment`. "If you use this field, you can only specify one variant for
 * ProductionVariants and one variant for ShadowProductionVariants" (AWS CloudFormation, AWS::SageMaker::EndpointConfig).
 * Throws a ConfigError otherwise.
 */
export function shadowProductionVariants(
  productionVariantNames: readonly string[],
  shadows: readonly ShadowProductionVariant[],
): CfnEndpointConfig.ProductionVariantProperty[] {
  if (shadows.length === 0) return [];
  const problems: string[] = [];
  if (shadows.length > 1)
    problems.push(`shadowProductionVariants has ${shadows.length} variants, SageMaker takes one; remove the others`);
  if (productionVariantNames.length !== 1)
    problems.push(
      `shadowProductionVariants needs exactly one production variant beside it, there are ${productionVariantNames.length} (${productionVariantNames.join(', ')}); an A/B endpoint cannot have a shadow`,
    );
  for (const { variantName, initialVariantWeight: weight = 1 } of shadows) {
    if (productionVariantNames.includes(variantName))
      problems.push(`shadowProductionVariants: "${variantName}" is the production variant's name; give it its own`);
    if (!(weight >= 0))
      problems.push(`shadowProductionVariants: the weight of "${variantName}" is ${weight}; give 0 or more`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return shadows.map(({ initialVariantWeight = 1, ...variant }) => ({ ...variant, initialVariantWeight }));
}
