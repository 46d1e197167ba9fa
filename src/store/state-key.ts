const SEGMENT = /^[A-Za-z0-9._-]{1,255}$/;

/** S3's own most. */
const MAX_KEY_BYTES = 1_024;

/** Whether a store takes this key: see `StateStore`. */
export function isStateKey(key: string): boolean {
  const segments = key.split('/');
  // `.` and `..` are places of a file system, and HTTP clients resolve them in a path.
  return (
    key.length <= MAX_KEY_BYTES &&
    segments.every((segment) => SEGMENT.test(segment) && segment !== '.' && segment !== '..')
  );
}

/** Throws a RangeError: a key is made by this program, so a wrong one is a bug. */
export function checkStateKey(key: string): void {
  if (isStateKey(key)) return;
  throw new RangeError(
    `${JSON.stringify(key)} is no key of a state store: segments of letters, digits, ".", "_" and "-", each of 1 to 255 bytes, joined by single slashes, none of them "." or ".."`,
  );
}
