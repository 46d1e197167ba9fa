import * as z from 'zod';

/** What the keys of captures begin with. The commonest mistakes have messages of their own, with what to write instead. */
export const keyPrefix = z.string().superRefine((prefix, context) => {
  const message = prefixMessage(prefix);
  if (message !== null) context.addIssue({ code: 'custom', message });
});

function prefixMessage(prefix: string): string | null {
  const address = /^(?:s3:\/\/|arn:aws[a-z-]*:s3:::)([^/]*)\/?(.*)$/s.exec(prefix);
  if (address !== null)
    return `must be a prefix of keys, not an address; ${instead(address[1] ?? '', address[2] ?? '')}`;
  if (prefix === '')
    return 'must not be empty, which is the whole bucket; name a folder, such as "captures/credit-risk/"';
  // No key of SageMaker's begins with it.
  if (prefix.startsWith('/')) return `must not begin with "/"; write ${asFolder(prefix)}`;
  // Without it, "captures/credit" would take in "captures/credit-2/", too.
  if (!prefix.endsWith('/') || prefix.trim() === '')
    return `must end with "/", or it also takes in every name that begins alike; write ${asFolder(prefix)}`;
  if (prefix !== prefix.trim()) return `must not begin with a blank; write ${asFolder(prefix)}`;
  // SageMaker puts one slash behind the destination itself: what lies below "a//" would lie beside it.
  if (prefix.endsWith('//')) return `must end with one "/"; write ${asFolder(prefix)}`;
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

const instead = (bucket: string, rest: string): string =>
  `write ${asFolder(rest)}${bucket === '' ? '' : `, and "${bucket}" as the bucket`}`;

/** Quoted; what nothing is left of becomes the folder that most people call so. */
function asFolder(text: string): string {
  const name = text.trim().replace(/^\/+|\/+$/g, '');
  return JSON.stringify(name === '' ? 'captures/' : `${name}/`);
}
