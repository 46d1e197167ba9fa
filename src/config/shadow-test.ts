import * as z from 'zod';
import { contentTypes } from './content-types';
import { keyPrefix } from './deploy/key-prefix';
import { bucketName } from './deploy/places';
import { kmsKey } from './kms-key';
import { scheduleProblems } from './shadow-schedule';

/**
 * `shadow.test`: a shadow test of SageMaker (CreateInferenceExperiment, AWS::SageMaker::InferenceExperiment). Each
 * setting has the API's name in camelCase, but for three that say more here: `kmsKey` and `role` (KmsKey, RoleArn),
 * `variants` (ModelVariants), `dataStorage` (DataStorageConfig), `shadowVariant` with `sourceVariant` (ShadowModeConfig).
 * Type is always `ShadowMode`, InfrastructureType `RealTimeInference`: the API has no other, although the text of the
 * CloudFormation page says `RealTime`, which is refused at deployment. Limits are those of the SageMaker API Reference.
 */
const dashedName = (max: number): z.ZodString =>
  z
    .string()
    .max(max)
    .regex(/^[a-zA-Z0-9](?:-*[a-zA-Z0-9])*$/, {
      error: 'must be letters, digits and "-", beginning and ending with a letter or digit',
    });

const MAX_NAME_LENGTH = 120;
const MAX_DESCRIPTION_LENGTH = 1024;
/** Endpoint, model and variant names. */
const MAX_RESOURCE_NAME_LENGTH = 63;
const MAX_TAGS = 50;

const resourceName = dashedName(MAX_RESOURCE_NAME_LENGTH);

const variant = z.strictObject({
  /** VariantName. */
  variant: resourceName,
  /** ModelName; the model that the deployment itself makes, where it makes one. */
  model: resourceName.optional(),
  instanceType: z.string().regex(/^ml\.[a-z0-9-]+\.[a-z0-9-]+$/, { error: 'must be an instance type, as ml.m5.large' }),
  instanceCount: z.int().min(1),
});

const dataStorage = z.strictObject({
  /** Default: capture.bucket. */
  bucket: bucketName.optional(),
  /** Default: `shadow-tests/{model}/`. */
  prefix: keyPrefix.optional(),
  contentTypes: contentTypes.optional(),
  /** Of the captured objects in S3. */
  kmsKey: kmsKey.optional(),
});

const tag = z.strictObject({
  key: z
    .string()
    .min(1)
    .max(128)
    .refine((key) => !/^aws:/i.test(key), { error: 'must not begin with "aws:", which AWS keeps for itself' }),
  value: z.string().max(256),
});

const settings = z.strictObject({
  name: dashedName(MAX_NAME_LENGTH),
  description: z.string().max(MAX_DESCRIPTION_LENGTH).regex(/^.*$/, { error: 'must be one line' }).optional(),
  /** EndpointName; default: the model's endpoint. */
  endpoint: resourceName.optional(),
  /** Default: a role made for this test. */
  role: z
    .string()
    .min(20)
    .max(2048)
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/, {
      error: 'must be the ARN of a role (arn:aws:iam::111122223333:role/shadow-tests)',
    })
    .optional(),
  /** Of the volumes of the test's instances, says the API. CloudFormation's page says: of the captured data. */
  kmsKey: kmsKey.optional(),
  variants: z.array(variant).min(1).max(2),
  shadowVariant: z.strictObject({
    /** ShadowModelVariantName. */
    variant: resourceName,
    /** Share of production requests that are copied to the shadow variant; no sampling of what is captured. */
    samplingPercentage: z.int().min(0).max(100),
  }),
  /** SourceModelVariantName: the production variant, which answers all callers. */
  sourceVariant: resourceName,
  /** Default: at once, for 7 days. `start` default: at once. ISO 8601 with a zone. */
  schedule: z
    .strictObject({ start: z.string().optional(), end: z.string() })
    .superRefine((schedule, context) => {
      for (const { key, problem } of scheduleProblems(schedule))
        context.addIssue({ code: 'custom', path: [key], message: problem });
    })
    .optional(),
  dataStorage: dataStorage.optional(),
  /** False: the test captures nothing. SageMaker takes this only before a test starts. */
  capture: z.boolean().optional(),
  tags: z.array(tag).max(MAX_TAGS).optional(),
});

export type RawShadowTest = z.infer<typeof settings>;

export const shadowTest = settings.superRefine((test, context) => {
  for (const [path, message] of crossProblems(test)) context.addIssue({ code: 'custom', path, message });
});

type Found = [path: (string | number)[], message: string];

function crossProblems(test: RawShadowTest): Found[] {
  const { variants, shadowVariant, sourceVariant, capture, dataStorage: storage, tags = [] } = test;
  const found: Found[] = [];
  const names = variants.map((each) => each.variant);
  const known = names.join(', ');
  const shadow = shadowVariant.variant;
  names.forEach((name, at) => {
    if (names.indexOf(name) < at)
      found.push([['variants', at, 'variant'], `is the name of another variant, too; give each its own`]);
  });
  if (!names.includes(shadow))
    found.push([['shadowVariant', 'variant'], `must be one of the variants (${known}); add it there or correct it`]);
  // SageMaker takes a single item: then it is the shadow, beside a variant that the endpoint has already.
  if (variants.length > 1 && !names.includes(sourceVariant))
    found.push([['sourceVariant'], `must be one of the variants (${known}); add it there or correct it`]);
  if (shadow === sourceVariant)
    found.push([['sourceVariant'], 'must be another variant than shadowVariant.variant: one answers, one is compared']);
  if (capture === false && storage !== undefined)
    found.push([['dataStorage'], 'has no effect with capture: false; remove one of the two']);
  tags.forEach(({ key }, at) => {
    if (tags.findIndex((each) => each.key === key) < at) found.push([['tags', at, 'key'], 'stands twice; remove one']);
  });
  return found;
}

/** What is right and still worth a word at deployment. */
export function shadowTestNotes({ name, schedule, shadowVariant }: RawShadowTest): string[] {
  const notes: string[] = [];
  if (schedule === undefined)
    notes.push(
      `shadow test "${name}" has no schedule: the test starts at once and ends after 7 days; add schedule: {start, end} for other times`,
    );
  if (shadowVariant.samplingPercentage === 0)
    notes.push(`shadow test "${name}" copies 0 % of the requests: its shadow variant sees no traffic`);
  return notes;
}
