/** Entity tags as conditional headers name them. */

/**
 * Whether a header such as If-Match (`*`, or a list of tags with or without quotes: clients send both) holds for an etag
 * without quotes. Null is an object that does not exist: nothing matches it.
 */
export function etagMatches(header: string, etag: string | null): boolean {
  if (etag === null) return false;
  return header
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, '').replaceAll('"', ''))
    .some((tag) => tag === '*' || tag === etag);
}

/** The form in which headers and documents show an etag. */
export function quoted(etag: string): string {
  return `"${etag}"`;
}
