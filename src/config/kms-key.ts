import * as z from 'zod';

/**
 * The four forms in which SageMaker takes a KMS key (KmsKey of CreateInferenceExperiment, KmsKeyId of DataCaptureConfig).
 * `isAwsManaged`: an alias `alias/aws/…`, whose key has a policy that nobody can change.
 */
export type KeyForm =
  | { readonly form: 'id'; readonly keyId: string; readonly isMultiRegion: boolean }
  | ({ readonly form: 'arn'; readonly keyId: string; readonly isMultiRegion: boolean } & KeyPlace)
  | { readonly form: 'alias'; readonly alias: string; readonly isAwsManaged: boolean }
  | ({ readonly form: 'aliasArn'; readonly alias: string; readonly isAwsManaged: boolean } & KeyPlace);

/** Where an ARN says that its key is. */
export interface KeyPlace {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

const FORMS = [
  'a key id (1234abcd-12ab-34cd-56ef-1234567890ab, or mrk-… for a multi-Region key)',
  'its ARN (arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab)',
  'an alias (alias/my-key)',
  'the ARN of an alias (arn:aws:kms:us-west-2:111122223333:alias/my-key)',
].join(', ');

/** "Length Constraints: Maximum length of 2048" and the pattern (SageMaker API, CreateInferenceExperiment, KmsKey). */
const MAX_KEY_LENGTH = 2048;
const ALLOWED = /^[a-zA-Z0-9:/_-]*$/;

// A multi-Region key has the same mrk- id in every region (KMS Developer Guide, "Multi-Region keys").
const KEY_ID = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;
const ALIAS = /^alias\/[a-zA-Z0-9/_-]+$/;
const KMS_ARN = /^arn:(aws[a-z-]*):kms:([a-z0-9-]+):(\d{12}):((?:key|alias)\/.+)$/;

/** Pure. What stands in the configuration as a key, taken apart. */
export function keyForm(text: string): KeyForm | { readonly problem: string } {
  if (text.length > MAX_KEY_LENGTH) return refused(`it has ${text.length} characters, ${MAX_KEY_LENGTH} are allowed`);
  if (!ALLOWED.test(text)) return refused('only letters, digits, ":", "/", "_" and "-" are allowed');
  if (text.startsWith('arn:')) return arnForm(text);
  if (KEY_ID.test(text)) return { form: 'id', keyId: text, isMultiRegion: isMultiRegion(text) };
  if (!text.startsWith('alias/'))
    return refused(/^[a-zA-Z][a-zA-Z0-9/_-]*$/.test(text) ? `if it is an alias, write alias/${text}` : null);
  return ALIAS.test(text) ? { form: 'alias', alias: text, isAwsManaged: isAwsManaged(text) } : refused(ALIAS_NAME);
}

function arnForm(text: string): KeyForm | { readonly problem: string } {
  const service = text.split(':')[2] ?? '';
  if (service !== 'kms') return refused(`it is an ARN of "${service}", not of kms`);
  const [, partition = '', region = '', account = '', resource = ''] = KMS_ARN.exec(text) ?? [];
  if (resource === '')
    return refused(
      'an ARN names a partition (aws, aws-cn, aws-us-gov …), a region, an account of 12 digits, and a key',
    );
  const place = { partition, region, account };
  if (resource.startsWith('alias/')) {
    if (!ALIAS.test(resource)) return refused(ALIAS_NAME);
    return { form: 'aliasArn', ...place, alias: resource, isAwsManaged: isAwsManaged(resource) };
  }
  const keyId = resource.slice('key/'.length);
  if (!KEY_ID.test(keyId)) return refused('what follows key/ is no key id');
  return { form: 'arn', ...place, keyId, isMultiRegion: isMultiRegion(keyId) };
}

const ALIAS_NAME = 'alias/ is followed by letters, digits, "/", "_" and "-"';

const isMultiRegion = (keyId: string): boolean => keyId.startsWith('mrk-');
const isAwsManaged = (alias: string): boolean => alias.startsWith('alias/aws/');

const refused = (hint: string | null): { problem: string } => ({
  problem: `must name a KMS key: ${FORMS}${hint === null ? '' : `; ${hint}`}`,
});

/** Any setting that names a KMS key. Stays the text that SageMaker gets; `keyForm` takes it apart. */
export const kmsKey = z.string().superRefine((text, context) => {
  const form = keyForm(text);
  if ('problem' in form) context.addIssue({ code: 'custom', message: form.problem });
});
