import type { CreateEndpointSettings } from '../../src/config/deploy/endpoint-schema';

/** A variant as both forms of the settings say it. */
export interface VariantPlan {
  readonly name: string;
  readonly container: ContainerPlan;
  /** The schema has seen to it that there is one. */
  readonly instanceType: string;
  readonly instanceCount: number;
  readonly weight: number;
  readonly autoscaling: NonNullable<CreateEndpointSettings['autoscaling']> | null;
}

export type ContainerPlan = Pick<
  CreateEndpointSettings,
  'image' | 'modelDataUrl' | 'modelPackage' | 'inferenceSpecification' | 'environment'
>;

/** SageMaker's own SDK names a single variant so, and captures lie in a folder of that name. */
export const ONLY_VARIANT = 'AllTraffic';

type Variant = NonNullable<CreateEndpointSettings['variants']>[number];

/** Production variants: the list, or the one that stands in the short form. Pure. */
export function productionVariants(settings: CreateEndpointSettings): VariantPlan[] {
  const listed: readonly Omit<Variant, 'serverless' | 'asyncInference'>[] = settings.variants ?? [
    { ...settings, name: ONLY_VARIANT },
  ];
  return listed.map((each) => ({ ...planOf(each), weight: each.weight ?? 1, autoscaling: each.autoscaling ?? null }));
}

/** The shadow variant's weight is its share of that of the production variant, of which there is one beside it. */
export function shadowVariants(settings: CreateEndpointSettings): VariantPlan[] {
  const [production] = productionVariants(settings);
  return (settings.shadowVariants ?? []).map((each) => ({
    ...planOf(each),
    weight: ((each.samplingPercentage ?? 100) / 100) * (production?.weight ?? 1),
    autoscaling: null,
  }));
}

/** `s3://…` of every archive that a variant of the endpoint is made from. */
export const modelDataUrls = (settings: CreateEndpointSettings): string[] =>
  [...productionVariants(settings), ...shadowVariants(settings)].flatMap(
    ({ container }) => container.modelDataUrl ?? [],
  );

function planOf({
  name,
  instanceType,
  instanceCount,
  image,
  modelDataUrl,
  modelPackage,
  inferenceSpecification,
  environment,
}: ContainerPlan & {
  readonly name: string;
  readonly instanceType?: string | undefined;
  readonly instanceCount?: number | undefined;
}): Pick<VariantPlan, 'name' | 'container' | 'instanceType' | 'instanceCount'> {
  if (instanceType === undefined) throw new Error(`variant ${name} has no instanceType, which the schema refuses`);
  return {
    name,
    container: { image, modelDataUrl, modelPackage, inferenceSpecification, environment },
    instanceType,
    instanceCount: instanceCount ?? 1,
  };
}
