/**
 * Filter values of S3 are written as event messages write keys: "+" for a space, other special characters URL-encoded.
 * Source: S3 User Guide, "Configuring event notifications using object key name filtering".
 */

/** The text that keys have. What is no such encoding means itself. */
export function decodeFilterValue(value: string): string {
  const spaced = value.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** Leaves the characters alone that S3 calls safe in keys, and "/". */
export function encodeFilterValue(text: string): string {
  return encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%20', '+').replaceAll('~', '%7E');
}
