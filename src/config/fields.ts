import * as z from 'zod';
import { checkedUrl } from '../sinks/http/checked-url';
import { parameterName, secretName } from './secret-name';

/** Settings that several parts of the configuration share. */

/** A partner's address, checked: https unless it is this machine, no credentials in it, no metadata address. */
export const partnerUrl = z.string().superRefine((text, context) => {
  const checked = checkedUrl(text);
  if ('problem' in checked) context.addIssue({ code: 'custom', message: checked.problem });
});

const SECRET_FORMS =
  'must be one reference: {secret: name, key: …}, {ssm: name} or {env: NAME}; a token in clear is refused';

/** A secret is named, never written down. */
export const secretReference = z.union(
  [
    z.strictObject({ secret: secretName, key: z.string().min(1).optional() }),
    z.strictObject({ ssm: parameterName }),
    z.strictObject({
      env: z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'must be the name of a variable: letters, digits or "_"' }),
    }),
  ],
  { error: SECRET_FORMS },
);

const namesOnce = z
  .array(z.string().min(1))
  .min(1)
  .refine((names) => new Set(names).size === names.length, {
    error: 'names a column twice; one of the two values would be lost',
  });

/** What every sink may be told besides its own settings. */
export const commonSinkFields = {
  name: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, { error: 'must be 1 to 64 letters, digits, "_" or "-"' })
    .optional(),
  /** Limits the sink to these production variants. */
  variants: z.array(z.string().min(1)).min(1).optional(),
  /** Shadow traffic: left out, the only thing taken, or taken beside production. */
  shadow: z.enum(['exclude', 'only', 'include']).optional(),
  /** Names for this partner alone, where they differ from the model's. */
  columns: z
    .strictObject({
      inputs: namesOnce.optional(),
      outputs: namesOnce.optional(),
    })
    .optional(),
  batch: z
    .strictObject({
      maxInferences: z.int().min(1).max(100_000).optional(),
      maxBytes: z
        .int()
        .min(1_000)
        .max(64 << 20)
        .optional(),
      maxInFlight: z.int().min(1).max(64).optional(),
    })
    .optional(),
  requestTimeoutMs: z.int().min(100).max(600_000).optional(),
  /** Holds over all runs at once; they agree through the state bucket. */
  maxRequestsPerSecond: z.number().min(0.01).max(10_000).optional(),
};

const commonSink = z.object(commonSinkFields);
export type CommonSinkSettings = z.infer<typeof commonSink>;
