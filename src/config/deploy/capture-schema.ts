import * as z from 'zod';
import { contentTypes } from '../content-types';
import { kmsKey } from '../kms-key';
import { keyPrefix } from './key-prefix';
import { bucketName, region } from './places';

/** Where SageMaker puts captures, and how it makes them. */

const MODES = ['Input', 'Output'] as const;

/**
 * A capture that leaves something out cannot be accounted for as a whole, so it needs a reason in words: 100 %, input
 * and output, switched on are what the promise is about.
 */
export const captureSchema = z
  .strictObject({
    bucket: bucketName,
    prefix: keyPrefix,
    /** `shared`: one bucket for all models, made once. `own`: made for this model. `existing`: is there already. */
    store: z.enum(['shared', 'own', 'existing']).optional(),
    /** Of an existing bucket; S3 notifies within one region only. */
    region: region.optional(),
    trigger: z.enum(['notification', 'eventbridge']).optional(),
    /** Encrypts the captures; of an existing bucket: the key it is encrypted with. */
    kmsKey: kmsKey.optional(),
    contentTypes: contentTypes.optional(),
    samplingPercentage: z.int().min(0).max(100).optional(),
    modes: z
      .array(z.enum(MODES))
      .min(1)
      .refine((modes) => new Set(modes).size === modes.length, { error: 'names a mode twice' })
      .optional(),
    enabled: z.boolean().optional(),
    partial: z.string().trim().min(1, { error: 'must say why a part of the traffic is enough' }).optional(),
  })
  .superRefine(({ partial, samplingPercentage = 100, modes = MODES, enabled = true }, context) => {
    if (partial !== undefined) return;
    const refuse = (key: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [key], message: `${message}; ${REASON}` });
    // Above 100 has been told by the bound.
    if (samplingPercentage < 100) refuse('samplingPercentage', 'leaves inferences out: take 100');
    if (modes.length < MODES.length) refuse('modes', 'leaves one side out: take [Input, Output]');
    if (!enabled) refuse('enabled', 'captures nothing: take true');
  });

const REASON = 'or say in capture.partial why a part is enough';

export type CaptureSettings = z.infer<typeof captureSchema>;
