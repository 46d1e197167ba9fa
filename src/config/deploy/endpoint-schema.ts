import * as z from 'zod';
import { kmsKey } from '../kms-key';
import { network } from './network';

/** The endpoint: one that is there, or one to be made. Limits are those of SageMaker's API. */

// CreateEndpoint, CreateEndpointConfig: EndpointName and VariantName.
const NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;
const name = z
  .string()
  .regex(NAME, { error: 'must be 1 to 63 letters, digits or "-", and "-" neither first nor last' });

/** Stands in a policy, where "*" and "?" would mean others, too. */
const ROLE = /^arn:aws[a-z-]*:iam::\d{12}:role\/[^*?\s]+$/;
const MODEL_PACKAGE = /^arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:\d{12}:model-package\/[^*?\s]+$/;

const container = {
  image: z
    .string()
    .regex(/^[^*?\s]{1,255}$/, {
      error: 'must be the address of an image, such as 111122223333.dkr.ecr.eu-central-1.amazonaws.com/model:1',
    })
    .optional(),
  modelDataUrl: z
    .string()
    .regex(/^s3:\/\/[^/*?\s]+\/[^*?\s]+$/, {
      error: 'must be s3://bucket/key of one model archive, without "*" and "?"',
    })
    .optional(),
  /** ARN of a model package version; replaces image and modelDataUrl. */
  modelPackage: z
    .string()
    .regex(MODEL_PACKAGE, {
      error:
        'must be the ARN of a version of a model package: arn:aws:sagemaker:{region}:{account}:model-package/{name}/{version}',
    })
    .optional(),
  /** Which of the package's inference specifications; default: its first. */
  inferenceSpecification: z
    .string()
    .regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/, {
      error: 'must be the name of an inference specification of the package',
    })
    .optional(),
  environment: z
    .record(
      z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, { error: 'must be letters, digits or "_", no digit first' }),
      z.string().max(1024),
    )
    .optional(),
};

const instances = {
  /** Whether it exists is checked when the application is synthesized. */
  instanceType: z
    .string()
    .regex(/^ml\.[a-z0-9-]+\.[a-z0-9-]+$/, { error: 'must be an instance type, such as ml.m5.large' })
    .optional(),
  instanceCount: z.int().min(1).optional(),
  autoscaling: z
    .strictObject({
      minInstances: z.int().min(1),
      maxInstances: z.int().min(1),
      /** Target of SageMakerVariantInvocationsPerInstance, per minute. */
      invocationsPerInstance: z.number().positive(),
    })
    .refine(({ minInstances, maxInstances }) => minInstances <= maxInstances, {
      error: 'has more minInstances than maxInstances',
    })
    .optional(),
};

const neverCaptures = (kind: string) =>
  z
    .unknown()
    .optional()
    .refine((value) => value === undefined, {
      error: `must go: ${kind} do not capture data; give the variant an instanceType`,
    });

const refused = {
  serverless: neverCaptures('serverless variants'),
  asyncInference: neverCaptures('asynchronous endpoints'),
};

const variant = z.strictObject({
  name,
  ...container,
  ...instances,
  ...refused,
  weight: z.number().min(0).optional(),
});

/** AWS: one production and one shadow variant at most when there is a shadow variant. */
const shadowVariant = z.strictObject({
  name,
  ...container,
  instanceType: instances.instanceType,
  instanceCount: instances.instanceCount,
  ...refused,
  /** Share of the production requests that are copied to it, in percent. */
  samplingPercentage: z.number().min(0).max(100).optional(),
});

const deployment = z.strictObject({
  /** How traffic moves to the new fleet. Default: all at once. */
  traffic: z.enum(['all-at-once', 'canary', 'linear']).optional(),
  /** Canary: the first part. Linear: each step. Percent of the capacity, at most 50. */
  stepPercent: z.int().min(1).max(50).optional(),
  waitSeconds: z.int().min(0).max(3600).optional(),
  terminationWaitSeconds: z.int().min(0).max(3600).optional(),
  maximumExecutionSeconds: z.int().min(600).max(28_800).optional(),
  /** Names of CloudWatch alarms that roll the update back. */
  rollbackAlarms: z.array(z.string().min(1).max(255)).min(1).max(10).optional(),
});

const create = z
  .strictObject({
    /** Default: the model's name, `_` as `-`. */
    name: name.optional(),
    ...container,
    ...instances,
    ...refused,
    endpointConfigName: z
      .unknown()
      .optional()
      .refine((value) => value === undefined, {
        error:
          'must go: every change of the configuration replaces it, and a second one of that name fails; CloudFormation names it',
      }),
    /** Default: one that may read the model and write its captures. */
    role: z.string().regex(ROLE, { error: 'must be the ARN of a role: arn:aws:iam::{account}:role/{name}' }).optional(),
    volumeKmsKey: kmsKey.optional(),
    networkIsolation: z.boolean().optional(),
    vpc: network.optional(),
    variants: z.array(variant).min(1).max(10).optional(),
    shadowVariants: z.array(shadowVariant).min(1).max(1).optional(),
    deployment: deployment.optional(),
  })
  .superRefine((settings, context) => {
    for (const { path, message } of variantProblems(settings)) context.addIssue({ code: 'custom', path, message });
  });

type Create = {
  readonly [key: string]: unknown;
  readonly variants?: readonly Record<string, unknown>[] | undefined;
  readonly shadowVariants?: readonly Record<string, unknown>[] | undefined;
};

const SHORT_FORM = [...Object.keys(container), ...Object.keys(instances)];

function variantProblems(settings: Create): { path: (string | number)[]; message: string }[] {
  const problems: { path: (string | number)[]; message: string }[] = [];
  const say = (path: (string | number)[], message: string): void => void problems.push({ path, message });
  const { variants, shadowVariants = [] } = settings;
  if (variants === undefined) incomplete(settings).forEach(([key, message]) => say([key], message));
  else
    for (const key of SHORT_FORM.filter((each) => settings[each] !== undefined))
      say([key], 'stands beside variants: write it into each of them');
  const named = [
    ...(variants ?? []).map((each, at) => [each, ['variants', at]] as const),
    ...shadowVariants.map((each, at) => [each, ['shadowVariants', at]] as const),
  ];
  const names = named.map(([each]) => each.name);
  named.forEach(([each, path], at) => {
    for (const [key, message] of incomplete(each)) say([...path, key], message);
    if (names.indexOf(each.name) < at) say([...path, 'name'], 'is the name of another variant, too');
  });
  if (shadowVariants.length > 0 && (variants?.length ?? 1) > 1)
    say(['shadowVariants'], 'takes one production variant beside it, and there are several');
  return problems;
}

/** What a variant needs: something to run, and something to run it on. */
function incomplete(settings: Readonly<Record<string, unknown>>): [string, string][] {
  // Serverless and asynchronous ones have been told already that they are refused.
  if (settings.serverless !== undefined || settings.asyncInference !== undefined) return [];
  const { image, modelPackage, modelDataUrl, inferenceSpecification, instanceType } = settings;
  const problems: [string, string][] = [];
  if (image === undefined && modelPackage === undefined)
    problems.push(['image', 'is missing, and modelPackage, too: give one of them']);
  if (modelPackage !== undefined && (image !== undefined || modelDataUrl !== undefined))
    problems.push(['modelPackage', 'holds image and model data itself: remove image and modelDataUrl']);
  if (modelPackage === undefined && inferenceSpecification !== undefined)
    problems.push(['inferenceSpecification', 'belongs to a modelPackage: name that, too']);
  if (instanceType === undefined) problems.push(['instanceType', 'is missing: give one, such as ml.m5.large']);
  return problems;
}

const existing = z.union([name, z.strictObject({ name, variants: z.array(name).min(1).optional() })], {
  error: 'must be the name of an endpoint, or {name, variants}',
});

export const endpointSchema = z
  .strictObject({ existing: existing.optional(), create: create.optional() })
  .refine((endpoint) => (endpoint.existing === undefined) !== (endpoint.create === undefined), {
    error: 'must hold one of create (settings of a new endpoint) and existing (the name of one that is there)',
  });

export type EndpointSettings = z.infer<typeof endpointSchema>;
export type CreateEndpointSettings = NonNullable<EndpointSettings['create']>;
