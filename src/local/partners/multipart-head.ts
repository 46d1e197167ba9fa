/** The head of one part of a form: its field name and file name. */
export interface PartHead {
  readonly name: string;
  /** As sent: clients give a bare name, a full local path, or none. */
  readonly filename: string | null;
}

/** Reads a part's header lines; null without a `Content-Disposition: form-data` that names a field. */
export function readPartHead(text: string): PartHead | null {
  const disposition = /(?:^|\r\n)content-disposition:\s*form-data\s*;([^\r\n]*)/i.exec(text)?.[1];
  if (disposition === undefined) return null;
  const name = parameter(disposition, 'name');
  if (name === null) return null;
  return { name, filename: extended(disposition, 'filename') ?? parameter(disposition, 'filename') };
}

/** `name="…"`; inside, browsers and clients write a quote as `%22` or as `\"`. */
function parameter(disposition: string, key: string): string | null {
  const match = new RegExp(`(?:^|[;\\s])${key}=(?:"((?:\\\\"|[^"])*)"|([^\\s;]+))`, 'i').exec(disposition);
  const value = match?.[1] ?? match?.[2];
  return value === undefined ? null : value.replaceAll('\\"', '"').replaceAll('%22', '"');
}

/** `filename*=utf-8''…` (RFC 5987): how Python's `requests` sends names outside ASCII. */
function extended(disposition: string, key: string): string | null {
  const match = new RegExp(`(?:^|[;\\s])${key}\\*=utf-8''([^\\s;]+)`, 'i').exec(disposition);
  if (match === null) return null;
  try {
    return decodeURIComponent(match[1] ?? '');
  } catch {
    return null;
  }
}
