import * as z from 'zod';

/** Names of AWS's that several settings take: buckets, prefixes of keys, regions. */

/** S3 User Guide, "General purpose bucket naming rules". */
export const bucketName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, {
    error: 'must be the name of a bucket: 3 to 63 lower-case letters, digits, "." or "-", without s3:// and prefix',
  })
  .refine((name) => !name.includes('..') && !/^\d+\.\d+\.\d+\.\d+$/.test(name), {
    error: 'must be the name of a bucket: no two dots in a row, and no IP address',
  });

export const region = z
  .string()
  .regex(/^[a-z]{2,5}(-[a-z]+)+-\d$/, { error: 'must be a region, such as eu-central-1' });

/** What captures lie below. The commonest mistakes have messages of their own. */
export const keyPrefix = z.string().superRefine((prefix, context) => {
  const message = prefixMessage(prefix);
  if (message !== null) context.addIssue({ code: 'custom', message });
});

function prefixMessage(prefix: string): string | null {
  const [, bucket, rest = ''] = /^s3:\/\/([^/]*)\/?(.*)$/.exec(prefix) ?? [];
  if (bucket !== undefined)
    return `must be a prefix of keys, without s3:// and bucket: ${JSON.stringify(withSlash(rest === '' ? 'captures' : rest))}`;
  if (prefix.startsWith('/'))
    return `must not begin with "/": ${JSON.stringify(withSlash(prefix.replace(/^\/+/, '')))}`;
  if (!prefix.endsWith('/') || prefix.trim() === '')
    return `must end with "/", or it also takes in every name that begins alike: ${JSON.stringify(withSlash(prefix.trim()))}`;
  if (prefix !== prefix.trim()) return `must not begin with a blank: ${JSON.stringify(prefix.trim())}`;
  // SageMaker puts one slash behind the destination itself: what lies below "a//" would lie beside it.
  if (prefix.endsWith('//')) return `must end with one "/": ${JSON.stringify(prefix.replace(/\/+$/, '/'))}`;
  // Each of them is a pattern in a policy or in a rule of EventBridge, or none of S3's filters takes it.
  // oxlint-disable-next-line no-control-regex
  if (/[*?\\\u0000-\u001f\u007f]/.test(prefix)) return 'must hold neither "*", "?", "\\" nor control characters';
  // DestinationS3Uri takes 512 characters in all; a filter of S3's 1,024, spelt as an address.
  const isLong = prefix.length > MAX_PREFIX_LENGTH || encodeURIComponent(prefix).length > MAX_FILTER_LENGTH;
  return isLong
    ? `must be at most ${MAX_PREFIX_LENGTH} characters, ${MAX_FILTER_LENGTH} as an address spells them`
    : null;
}

const MAX_PREFIX_LENGTH = 500;
const MAX_FILTER_LENGTH = 1024;

const withSlash = (text: string): string => (text.endsWith('/') ? text : `${text}/`);
