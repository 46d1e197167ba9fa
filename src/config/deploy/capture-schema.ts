import * as z from 'zod';
import { contentTypes } from '../content-types';
import { kmsKey } from '../kms-key';

/** Where SageMaker puts captures, and how it makes them. */

const MODES = ['Input', 'Output'] as const;

/**
 * A capture that leaves something out cannot be accounted for as a whole, so it needs a reason in words: 100 %, input
 * and output, switched on are what the promise is about.
 */
export const captureSchema = z
  .strictObject({
    bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, {
      error: 'must be the name of a bucket: 3 to 63 lower-case letters, digits, "." or "-", without s3:// and prefix',
    }),
    prefix: z.string().superRefine((prefix, context) => {
      const message = prefixMessage(prefix);
      if (message !== null) context.addIssue({ code: 'custom', message });
    }),
    /** `shared`: one bucket for all models, made once. `own`: made for this model. `existing`: is there already. */
    store: z.enum(['shared', 'own', 'existing']).optional(),
    /** Of an existing bucket; S3 notifies within one region only. */
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: 'must be a region, such as eu-central-1' })
      .optional(),
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

/** The commonest mistakes have messages of their own. */
function prefixMessage(prefix: string): string | null {
  const [, bucket, rest = ''] = /^s3:\/\/([^/]*)\/?(.*)$/.exec(prefix) ?? [];
  if (bucket !== undefined)
    return `must be a prefix of keys, without s3:// and bucket: ${JSON.stringify(withSlash(rest === '' ? 'captures' : rest))}`;
  if (prefix.startsWith('/'))
    return `must not begin with "/": ${JSON.stringify(withSlash(prefix.replace(/^\/+/, '')))}`;
  if (!prefix.endsWith('/') || prefix.trim() === '')
    return `must end with "/", or it also takes in every name that begins alike: ${JSON.stringify(withSlash(prefix.trim()))}`;
  if (prefix !== prefix.trim()) return `must not begin with a blank: ${JSON.stringify(prefix.trim())}`;
  // DestinationS3Uri takes 512 characters in all, s3:// and the bucket's 63 included.
  return prefix.length > 400 ? 'must be at most 400 characters' : null;
}

const withSlash = (text: string): string => (text.endsWith('/') ? text : `${text}/`);

export type CaptureSettings = z.infer<typeof captureSchema>;
