import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { readYamlFile } from '../../src/cli/check/yaml-file';
import { clearSecrets } from '../../src/config/clear-secrets';
import { bucketName, region } from '../../src/config/deploy/places';
import { alarmsSchema } from '../../src/config/deploy/forwarder-schema';
import { keyForm, kmsKey } from '../../src/config/kms-key';
import { knownSettings, problemsOf } from '../../src/config/problems';
import { placeFindings } from './place-findings';
import { problemSentence, sentencesOf } from './problem-sentence';

/** What all models of one application share: `capture-relay.yaml`, beside `models/`. All of it may be left out. */
export const SETTINGS_FILE = 'capture-relay.yaml';

/**
 * Captures must outlive whatever may still want to read them: a message lives 14 days, and the sweep closes an hour two
 * days after it ended. Five more to act on an alarm.
 */
export const MIN_CAPTURE_RETENTION_DAYS = 21;

/** What CloudWatch Logs takes (PutRetentionPolicy). */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

function isKeyArn(text: string): boolean {
  const form = keyForm(text);
  return !('problem' in form) && form.form === 'arn';
}

// AWS, "Tag naming limits and requirements".
const TAG_CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+@-]*$/u;
const CHARACTERS = 'must be letters, digits, blanks or "_.:/=+-@"';

const tagName = z
  .string()
  .regex(/^.{1,128}$/su, { error: 'must be 1 to 128 characters' })
  .regex(/^(?!aws:)/i, { error: 'must not begin with "aws:", which AWS keeps for itself' })
  .regex(TAG_CHARACTERS, { error: CHARACTERS });

const tagValue = z.string().max(256).regex(TAG_CHARACTERS, { error: CHARACTERS });

const schema = z.strictObject({
  /** Begins every stack's name. Default: capture-relay. */
  name: z
    .string()
    // The state bucket's name holds it, the account and the region, in 63 characters.
    .regex(/^[a-z][a-z0-9-]{0,23}$/, { error: 'must be 1 to 24 lower-case letters, digits or "-", a letter first' })
    .optional(),
  /** YAML reads digits without quotes as a number, which loses zeros at its beginning. */
  account: z
    .custom<string>((account) => typeof account === 'string' && /^\d{12}$/.test(account), {
      error: 'must be the 12 digits of an account, in quotes: "111122223333"',
    })
    .optional(),
  region: region.optional(),
  tags: z.record(tagName, tagValue).optional(),
  /** Name of a managed policy of the account that bounds every role. */
  permissionsBoundary: z
    .string()
    .regex(/^[\w+=,.@-]{1,128}$/, { error: 'must be the name of a managed policy' })
    .optional(),
  logRetentionDays: z
    .int()
    .refine((days) => LOG_RETENTION_DAYS.includes(days as 1), {
      error: `must be one of ${LOG_RETENTION_DAYS.join(', ')}`,
    })
    .optional(),
  /** Captures in buckets made here expire after this many days. Default: never. */
  captureRetentionDays: z.int().min(MIN_CAPTURE_RETENTION_DAYS).max(36_500).optional(),
  /** A state bucket that is there already: of an application that was destroyed. Default: one is made. */
  stateBucket: bucketName.optional(),
  /** ARN of the key of an application that was destroyed, for buckets that it encrypted. Default: one is made. */
  kmsKey: kmsKey
    .refine((text) => isKeyArn(text), {
      error: 'must be the ARN of a key (arn:aws:kms:{region}:{account}:key/{id}): policies name it',
    })
    .optional(),
  /** For models that name none. */
  alarms: alarmsSchema.optional(),
});

export type AppSettings = z.infer<typeof schema>;
export { schema as appSettingsSchema };

/** As far as it can be read: another mistake in the file does not hide these. */
const regionOf = (raw: object): string | undefined => ('region' in raw ? region.safeParse(raw.region).data : undefined);

/** The settings of a folder, or everything that is wrong in them, in sentences. */
export function readAppSettings(directory: string): { settings: AppSettings } | { problems: string[] } {
  const path = join(directory, SETTINGS_FILE);
  if (!existsSync(path)) return { settings: {} };
  const read = readYamlFile(path);
  if ('findings' in read)
    return { problems: read.findings.map((each) => problemSentence({ path, lineOf: () => null }, each)) };
  // An empty file says nothing, which is fine.
  const raw = read.raw ?? {};
  const parsed = schema.safeParse(raw, { error: knownSettings });
  const problems = [...(parsed.success ? [] : problemsOf(parsed.error, raw, '')), ...clearSecrets(raw)];
  const places = placeFindings(raw, regionOf(raw));
  if (parsed.success && problems.length + places.length === 0) return { settings: parsed.data };
  const file = { path, ...read };
  return { problems: [...sentencesOf(file, { problems }), ...places.map((each) => problemSentence(file, each))] };
}
