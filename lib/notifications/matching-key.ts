/** A key of S3 has at most 1,024 bytes. Source: S3 User Guide, "Naming Amazon S3 objects". */
const MAX_KEY_BYTES = 1024;

const NAME = 'example';

/**
 * A key that begins with the prefix and ends with the suffix, and looks like a capture file where it may. Where both are
 * so long that no readable key has room, the shortest one, in which they share characters if they can.
 */
export function matchingKey(prefix: string, suffix: string): string {
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
  const readable = `${folder}${NAME}${suffix === '' ? '.jsonl' : suffix}`;
  return Buffer.byteLength(readable) <= MAX_KEY_BYTES ? readable : shortestKey(prefix, suffix);
}

function shortestKey(prefix: string, suffix: string): string {
  let shared = Math.min(prefix.length, suffix.length);
  while (!prefix.endsWith(suffix.slice(0, shared))) shared -= 1;
  return prefix + suffix.slice(shared);
}
