/** The encoding S3 uses for keys in events and, on request, in lists. */

/**
 * Encodes a key as a form field (space is `+`, `+` is `%2B`, UTF-8 in percent), except that `/` stays. It is undone by
 * `decodeURIComponent(text.replaceAll('+', ' '))`. Source: S3 User Guide, "Event message structure" (object key).
 */
export function formEncodeKey(key: string): string {
  return encodeURIComponent(key)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/')
    .replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
