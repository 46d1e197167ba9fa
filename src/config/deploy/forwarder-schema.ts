import * as z from 'zod';
import { kmsKey } from '../kms-key';
import { network } from './network';

/** The function that forwards, and who hears of its alarms. */

export const forwarderSchema = z.strictObject({
  /** Default 120: a file outlives it by hand-over, and a crash is noticed after six times as long. */
  timeoutSeconds: z.int().min(60).max(900).optional(),
  memoryMb: z.int().min(256).max(10_240).optional(),
  /** Runs at once, for each sink; SQS takes 2 to 1,000. */
  maxConcurrency: z.int().min(2).max(1000).optional(),
  /** Kept for this function alone, and its upper bound. Default: none. */
  reservedConcurrency: z.int().min(1).optional(),
  vpc: network.optional(),
  /** The customer key that encrypts the sinks' secrets; AWS's own needs no permission. */
  secretsKmsKey: kmsKey.optional(),
});

/** An alarm without anyone who hears it is none. */
export const alarmsSchema = z
  .strictObject({
    emails: z
      .array(z.email({ error: 'must be an address of e-mail' }))
      .min(1)
      .optional(),
    topics: z
      .array(
        z.string().regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:\S+$/, { error: 'must be the ARN of an SNS topic' }),
      )
      .min(1)
      .optional(),
    /** Where the runbook can be read; default: its place in this repository. */
    runbookUrl: z.string().min(1).optional(),
  })
  .refine(({ emails, topics }) => emails !== undefined || topics !== undefined, {
    error: 'must name whom to tell: emails: [address], or topics: [ARN of an SNS topic]',
  });

export type ForwarderSettings = z.infer<typeof forwarderSchema>;
export type AlarmSettings = z.infer<typeof alarmsSchema>;
