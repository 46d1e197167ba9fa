/**
 * A request as S3 sees it: path-style address split into bucket and key, each decoded exactly once. Node's `URL` is kept
 * out on purpose: it collapses `//`, resolves `..` and would change keys.
 */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { type Refusal, refuse } from './refusal';

export interface S3Request {
  readonly kind: 'request';
  readonly method: string;
  /** As sent, still encoded: signatures are made over it. */
  readonly rawPath: string;
  readonly rawQuery: string;
  readonly bucket: string | null;
  readonly key: string | null;
  readonly query: ReadonlyMap<string, string>;
  /** Names in lower case; repeated headers joined with a comma. */
  readonly headers: ReadonlyMap<string, string>;
  /** Bytes as they come over the wire, aws-chunked framing included. */
  readonly body: Readable;
}

/** S3 User Guide, "Naming Amazon S3 objects": a key is at most 1,024 bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;

/** Reads the request line and headers; a path that is not valid percent-encoded UTF-8 is refused as S3 does. */
export function readRequest(message: IncomingMessage): S3Request | Refusal {
  const target = message.url ?? '/';
  const mark = target.indexOf('?');
  const rawPath = mark === -1 ? target : target.slice(0, mark);
  const rawQuery = mark === -1 ? '' : target.slice(mark + 1);
  const slash = rawPath.indexOf('/', 1);
  const bucket = decodeOnce(slash === -1 ? rawPath.slice(1) : rawPath.slice(1, slash));
  const key = decodeOnce(slash === -1 ? '' : rawPath.slice(slash + 1));
  const query = readQuery(rawQuery);
  if (bucket === null || key === null || query === null) return refuse('InvalidURI');
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    return refuse('KeyTooLongError', {
      details: { Size: String(Buffer.byteLength(key)), MaxSizeAllowed: String(MAX_KEY_BYTES) },
    });
  }
  return {
    kind: 'request',
    method: message.method ?? 'GET',
    rawPath,
    rawQuery,
    bucket: bucket === '' ? null : bucket,
    key: key === '' ? null : key,
    query,
    headers: readHeaders(message.rawHeaders),
    body: message,
  };
}

function readHeaders(rawHeaders: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    const value = rawHeaders[i + 1] ?? '';
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  return headers;
}

/** In a query, unlike in a path, `+` stands for a space: that is how forms and several clients write it. */
export function readQuery(rawQuery: string): ReadonlyMap<string, string> | null {
  const query = new Map<string, string>();
  for (const pair of rawQuery.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decodeOnce((equals === -1 ? pair : pair.slice(0, equals)).replaceAll('+', ' '));
    const value = decodeOnce(equals === -1 ? '' : pair.slice(equals + 1).replaceAll('+', ' '));
    if (name === null || value === null) return null;
    query.set(name, value);
  }
  return query;
}

/** Percent-decodes once; `+` stays `+`. Null when the bytes are not UTF-8 or a percent sign stands alone. */
export function decodeOnce(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
