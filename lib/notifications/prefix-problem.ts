/** Source: S3 User Guide, "Configuring event notifications using object key name filtering". */
const MAX_FILTER_CHARACTERS = 1024;

/** What is wrong with a prefix that is to be watched, with the prefix that it should be; null when it is fine. */
export function prefixProblem(text: string): string | null {
  const address = /^(?:s3:\/\/|arn:aws[a-z-]*:s3:::)([^/]*)\/?(.*)$/s.exec(text);
  if (address !== null) return addressProblem(text, address[1] ?? '', address[2] ?? '');
  if (text === '') return 'is empty, and would watch the whole bucket; name a folder, such as "captures/credit-risk/"';
  if (text.startsWith('/')) {
    const folder = asFolder(text.replace(/^\/+/, ''));
    return `"${text}" begins with "/", and no key of SageMaker does; write "${folder}"`;
  }
  // Without it, "captures/credit" would watch "captures/credit-2/", too.
  if (!text.endsWith('/'))
    return `"${text}" must end with "/", or it also takes keys of its neighbours; write "${text}/"`;
  if (text.includes('*'))
    return `"${text}" holds "*", and S3 knows no wildcards in a prefix; write what all keys begin with`;
  if (text.length > MAX_FILTER_CHARACTERS)
    return `has ${text.length} characters; S3 takes at most ${MAX_FILTER_CHARACTERS} in a filter`;
  return null;
}

function addressProblem(text: string, bucket: string, rest: string): string {
  const folder = rest === '' ? 'captures/' : asFolder(rest);
  return `"${text}" is an address, and a prefix is what keys begin with; write "${folder}", and "${bucket}" as the bucket`;
}

const asFolder = (text: string): string => (text === '' ? 'captures/' : text.endsWith('/') ? text : `${text}/`);
