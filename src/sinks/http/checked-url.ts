import { isIP } from 'node:net';

/**
 * Addresses a person may configure. TLS only, unless the host is this machine; no credentials in the address; and no
 * link-local address, where clouds keep the metadata services that hand out credentials.
 */
export function checkedUrl(text: string): { readonly url: URL } | { readonly problem: string } {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return { problem: 'is not an address; write it as https://host' };
  }
  if (url.username !== '' || url.password !== '')
    return { problem: 'holds credentials; put the token under its own key' };
  if (url.search !== '' || url.hash !== '') return { problem: 'must end before "?" or "#"' };
  if (isForbiddenHost(url.hostname))
    return { problem: 'points to a link-local or metadata address, which no partner has' };
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    return { problem: 'must begin with https:// (http:// is for this machine only)' };
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { problem: 'must begin with https://' };
  return { url };
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Also asked of every address DNS answers, just before connecting: a name may point anywhere. */
export function isForbiddenHost(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (bare === 'metadata.google.internal') return true;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1] ?? mappedHex(bare) ?? bare;
  if (isIP(mapped) === 4)
    return mapped.startsWith('169.254.') || mapped.startsWith('0.') || mapped === '100.100.100.200';
  return isIP(mapped) === 6 && (/^fe[89ab][0-9a-f]:/.test(mapped) || mapped === 'fd00:ec2::254' || mapped === '::');
}

// `new URL` prints ::ffff:169.254.169.254 as ::ffff:a9fe:a9fe.
function mappedHex(host: string): string | null {
  const match = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host);
  if (match === null) return null;
  const [high, low] = [Number.parseInt(match[1] ?? '0', 16), Number.parseInt(match[2] ?? '0', 16)];
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}
